"""Why a socket is closed. 44xx mean what HTTP's 4xx do."""

from enum import IntEnum


class Code(IntEnum):
    TRY_AGAIN_LATER = 1013
    BAD_REQUEST = 4400
    SIGNED_OUT = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404


REASONS = {
    Code.TRY_AGAIN_LATER: "try again later",
    Code.BAD_REQUEST: "since must be a position",
    Code.SIGNED_OUT: "not signed in",
    Code.FORBIDDEN: "not allowed",
    Code.NOT_FOUND: "not found",
}
