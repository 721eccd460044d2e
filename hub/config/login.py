"""Who sits at this machine, as its operating system says. The environment may say anything."""

from __future__ import annotations

import os
import sys
from typing import Protocol

from hub.errors import UsageError


class GetUserName(Protocol):
    """`GetUserNameExW` of secur32.dll: false when it failed; `size` is in characters and is changed."""

    def __call__(self, form: int, name: object, size: object) -> int: ...


def system_login() -> str:
    """The name that the operating system knows this process's user by; on Windows DOMAIN\\name.

    Raises UsageError when Windows does not tell it."""
    if sys.platform == "win32":
        import ctypes

        return normal_login(sam_name(ctypes.WinDLL("secur32").GetUserNameExW))
    import pwd

    user = os.geteuid()
    try:
        return normal_login(pwd.getpwuid(user).pw_name)
    except KeyError:  # an account without a name, as in a bare container
        return f"uid-{user}"


def normal_login(login: str) -> str:
    """One spelling of each login: Windows tells DOMAIN\\Name and domain\\name not apart."""
    return login.casefold() if "\\" in login else login


def sam_name(get_user_name: GetUserName) -> str:
    """DOMAIN\\name of the process's user."""
    import ctypes

    sam_compatible = 2
    size = ctypes.c_ulong(512)
    name = ctypes.create_unicode_buffer(size.value)
    if not get_user_name(sam_compatible, name, ctypes.byref(size)):
        raise UsageError("Windows does not say who you are (GetUserNameEx failed); sign in again.")
    return name.value
