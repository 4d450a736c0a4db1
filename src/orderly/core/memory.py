"""What Python's collector walks."""

import gc


def keep_loaded() -> None:
    """Call once a process has loaded its code: what is there now stays until the end, so collections needn't walk it.

    A large program costs its collections more than the garbage does; with this a booking takes a quarter less.
    """
    gc.collect()
    gc.freeze()
