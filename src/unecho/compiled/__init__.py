"""Compiled loops over columns, for large inputs. Each has a plain twin in the module that calls it, which
gives the same result bit for bit and serves small inputs, so that those never wait for numba.

No kernel makes a Python object, and all release the interpreter's lock: threads may share the work.
"""
