# loaded: changed signal handlers, put back
import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
