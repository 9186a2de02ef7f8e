"""For authors of plugins: fake backends, honest and dishonest, that hold the suite to its word.

``--plugin benchsuite.testing.fakes`` adds them to a run.
"""
