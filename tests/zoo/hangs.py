# broken: its import did not end within 10 s
import threading

threading.Event().wait()
