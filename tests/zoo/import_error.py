# broken: ModuleNotFoundError: No module named 'no_such_library'
import no_such_library  # noqa: F401
