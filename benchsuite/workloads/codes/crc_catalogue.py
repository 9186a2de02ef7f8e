"""The CRCs of the public catalogue by name, and any other one by its parameters.

Source: the CRC catalogue at https://reveng.sourceforge.io/crc-catalogue/all.htm.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from benchsuite.workloads.reference.crc import Algorithm

# name, width, then in hexadecimal polynomial and initial value, whether bytes and CRC are reflected, the
# final addition, and the CRC of the ASCII bytes 123456789
_CATALOGUE = """
    CRC-8/AUTOSAR 8 2f ff false false ff df
    CRC-8/BLUETOOTH 8 a7 00 true true 00 26
    CRC-8/CDMA2000 8 9b ff false false 00 da
    CRC-8/DARC 8 39 00 true true 00 15
    CRC-8/DVB-S2 8 d5 00 false false 00 bc
    CRC-8/GSM-A 8 1d 00 false false 00 37
    CRC-8/GSM-B 8 49 00 false false ff 94
    CRC-8/HITAG 8 1d ff false false 00 b4
    CRC-8/I-432-1 8 07 00 false false 55 a1
    CRC-8/I-CODE 8 1d fd false false 00 7e
    CRC-8/LTE 8 9b 00 false false 00 ea
    CRC-8/MAXIM-DOW 8 31 00 true true 00 a1
    CRC-8/MIFARE-MAD 8 1d c7 false false 00 99
    CRC-8/NRSC-5 8 31 ff false false 00 f7
    CRC-8/OPENSAFETY 8 2f 00 false false 00 3e
    CRC-8/ROHC 8 07 ff true true 00 d0
    CRC-8/SAE-J1850 8 1d ff false false ff 4b
    CRC-8/SMBUS 8 07 00 false false 00 f4
    CRC-8/TECH-3250 8 1d ff true true 00 97
    CRC-8/WCDMA 8 9b 00 true true 00 25
    CRC-10/ATM 10 233 000 false false 000 199
    CRC-10/CDMA2000 10 3d9 3ff false false 000 233
    CRC-10/GSM 10 175 000 false false 3ff 12a
    CRC-11/FLEXRAY 11 385 01a false false 000 5a3
    CRC-11/UMTS 11 307 000 false false 000 061
    CRC-12/CDMA2000 12 f13 fff false false 000 d4d
    CRC-12/DECT 12 80f 000 false false 000 f5b
    CRC-12/GSM 12 d31 000 false false fff b34
    CRC-12/UMTS 12 80f 000 false true 000 daf
    CRC-13/BBC 13 1cf5 0000 false false 0000 04fa
    CRC-14/DARC 14 0805 0000 true true 0000 082d
    CRC-14/GSM 14 202d 0000 false false 3fff 30ae
    CRC-15/CAN 15 4599 0000 false false 0000 059e
    CRC-15/MPT1327 15 6815 0000 false false 0001 2566
    CRC-16/ARC 16 8005 0000 true true 0000 bb3d
    CRC-16/CDMA2000 16 c867 ffff false false 0000 4c06
    CRC-16/CMS 16 8005 ffff false false 0000 aee7
    CRC-16/DDS-110 16 8005 800d false false 0000 9ecf
    CRC-16/DECT-R 16 0589 0000 false false 0001 007e
    CRC-16/DECT-X 16 0589 0000 false false 0000 007f
    CRC-16/DNP 16 3d65 0000 true true ffff ea82
    CRC-16/EN-13757 16 3d65 0000 false false ffff c2b7
    CRC-16/GENIBUS 16 1021 ffff false false ffff d64e
    CRC-16/GSM 16 1021 0000 false false ffff ce3c
    CRC-16/IBM-3740 16 1021 ffff false false 0000 29b1
    CRC-16/IBM-SDLC 16 1021 ffff true true ffff 906e
    CRC-16/ISO-IEC-14443-3-A 16 1021 c6c6 true true 0000 bf05
    CRC-16/KERMIT 16 1021 0000 true true 0000 2189
    CRC-16/LJ1200 16 6f63 0000 false false 0000 bdf4
    CRC-16/M17 16 5935 ffff false false 0000 772b
    CRC-16/MAXIM-DOW 16 8005 0000 true true ffff 44c2
    CRC-16/MCRF4XX 16 1021 ffff true true 0000 6f91
    CRC-16/MODBUS 16 8005 ffff true true 0000 4b37
    CRC-16/NRSC-5 16 080b ffff true true 0000 a066
    CRC-16/OPENSAFETY-A 16 5935 0000 false false 0000 5d38
    CRC-16/OPENSAFETY-B 16 755b 0000 false false 0000 20fe
    CRC-16/PROFIBUS 16 1dcf ffff false false ffff a819
    CRC-16/RIELLO 16 1021 b2aa true true 0000 63d0
    CRC-16/SPI-FUJITSU 16 1021 1d0f false false 0000 e5cc
    CRC-16/T10-DIF 16 8bb7 0000 false false 0000 d0db
    CRC-16/TELEDISK 16 a097 0000 false false 0000 0fb3
    CRC-16/TMS37157 16 1021 89ec true true 0000 26b1
    CRC-16/UMTS 16 8005 0000 false false 0000 fee8
    CRC-16/USB 16 8005 ffff true true ffff b4c8
    CRC-16/XMODEM 16 1021 0000 false false 0000 31c3
    CRC-17/CAN-FD 17 1685b 00000 false false 00000 04f03
    CRC-21/CAN-FD 21 102899 000000 false false 000000 0ed841
    CRC-24/BLE 24 00065b 555555 true true 000000 c25a56
    CRC-24/FLEXRAY-A 24 5d6dcb fedcba false false 000000 7979bd
    CRC-24/FLEXRAY-B 24 5d6dcb abcdef false false 000000 1f23b8
    CRC-24/INTERLAKEN 24 328b63 ffffff false false ffffff b4f3e6
    CRC-24/LTE-A 24 864cfb 000000 false false 000000 cde703
    CRC-24/LTE-B 24 800063 000000 false false 000000 23ef52
    CRC-24/OPENPGP 24 864cfb b704ce false false 000000 21cf02
    CRC-24/OS-9 24 800063 ffffff false false ffffff 200fa5
    CRC-30/CDMA 30 2030b9c7 3fffffff false false 3fffffff 04c34abf
    CRC-31/PHILIPS 31 04c11db7 7fffffff false false 7fffffff 0ce9e46c
    CRC-32/AIXM 32 814141ab 00000000 false false 00000000 3010bf7f
    CRC-32/AUTOSAR 32 f4acfb13 ffffffff true true ffffffff 1697d06a
    CRC-32/BASE91-D 32 a833982b ffffffff true true ffffffff 87315576
    CRC-32/BZIP2 32 04c11db7 ffffffff false false ffffffff fc891918
    CRC-32/CD-ROM-EDC 32 8001801b 00000000 true true 00000000 6ec2edc4
    CRC-32/CKSUM 32 04c11db7 00000000 false false ffffffff 765e7680
    CRC-32/ISCSI 32 1edc6f41 ffffffff true true ffffffff e3069283
    CRC-32/ISO-HDLC 32 04c11db7 ffffffff true true ffffffff cbf43926
    CRC-32/JAMCRC 32 04c11db7 ffffffff true true 00000000 340bc6d9
    CRC-32/MEF 32 741b8cd7 ffffffff true true 00000000 d2c22f51
    CRC-32/MPEG-2 32 04c11db7 ffffffff false false 00000000 0376e6e7
    CRC-32/XFER 32 000000af 00000000 false false 00000000 bd0be338
    CRC-40/GSM 40 0004820009 0000000000 false false ffffffffff d4164fc646
    CRC-64/ECMA-182 64 42f0e1eba9ea3693 0000000000000000 false false 0000000000000000 6c40df5f0b497347
    CRC-64/GO-ISO 64 000000000000001b ffffffffffffffff true true ffffffffffffffff b90956c775a41001
    CRC-64/MS 64 259c84cba6426349 ffffffffffffffff true true 0000000000000000 75d4b74f024eceea
    CRC-64/NVME 64 ad93d23594c93659 ffffffffffffffff true true ffffffffffffffff ae8b14860a799888
    CRC-64/REDIS 64 ad93d23594c935a9 0000000000000000 true true 0000000000000000 e9c6d914c4b8d9ca
    CRC-64/WE 64 42f0e1eba9ea3693 ffffffffffffffff false false ffffffffffffffff 62ec59e3f1a4f00a
    CRC-64/XZ 64 42f0e1eba9ea3693 ffffffffffffffff true true ffffffffffffffff 995dc9bbdf1939fa
"""

NARROWEST, WIDEST = 8, 64
KEYS = ("width", "poly", "init", "refin", "refout", "xorout")
"""Of a spelling by parameters, in canonical order; the names are the catalogue's."""


def _listed(line: str) -> tuple[str, Algorithm]:
    name, width, polynomial, initial, reflected_in, reflected_out, xor_out, check = line.split()
    return name, Algorithm(
        width=int(width),
        polynomial=int(polynomial, 16),
        initial=int(initial, 16),
        reflected_in=reflected_in == "true",
        reflected_out=reflected_out == "true",
        xor_out=int(xor_out, 16),
        check=int(check, 16),
    )


ALGORITHMS: Mapping[str, Algorithm] = dict(map(_listed, _CATALOGUE.strip().splitlines()))
"""Every one of the catalogue from 8 to 64 bits, by its name there."""

_NAMES = {algorithm: name for name, algorithm in ALGORITHMS.items()}
_RENAMED = {"CRC-16/X-25": "CRC-16/IBM-SDLC"}
"""Names that the catalogue gave up, of one meaning each: accepted."""

_CCITT = ("CRC-16/KERMIT", "CRC-16/IBM-3740", "CRC-16/XMODEM")
MEANINGS: Mapping[str, tuple[str, ...]] = {
    "CRC-8": ("CRC-8/SMBUS", "CRC-8/MAXIM-DOW", "CRC-8/SAE-J1850"),
    "CRC-8/ITU": ("CRC-8/I-432-1",),
    "CRC-8/MAXIM": ("CRC-8/MAXIM-DOW",),
    "CRC-8/EBU": ("CRC-8/TECH-3250",),
    "CRC-10": ("CRC-10/ATM", "CRC-10/CDMA2000", "CRC-10/GSM"),
    "CRC-11": ("CRC-11/FLEXRAY", "CRC-11/UMTS"),
    "CRC-12": ("CRC-12/DECT", "CRC-12/CDMA2000", "CRC-12/UMTS"),
    "CRC-12/3GPP": ("CRC-12/UMTS",),
    "CRC-15": ("CRC-15/CAN", "CRC-15/MPT1327"),
    "CRC-16": ("CRC-16/ARC", "CRC-16/MODBUS", *_CCITT),
    "CRC-16/IBM": ("CRC-16/ARC", "CRC-16/MODBUS", "CRC-16/IBM-3740", "CRC-16/IBM-SDLC"),
    "CRC-16/ANSI": ("CRC-16/ARC", "CRC-16/MODBUS"),
    "CRC-16/LHA": ("CRC-16/ARC",),
    "CRC-16/BUYPASS": ("CRC-16/UMTS",),
    "CRC-16/CCITT": _CCITT,
    "CRC-CCITT": _CCITT,
    "CRC-16/CCITT-TRUE": ("CRC-16/KERMIT",),
    "CRC-16/CCITT-FALSE": ("CRC-16/IBM-3740",),
    "CRC-16/AUTOSAR": ("CRC-16/IBM-3740",),
    "CRC-16/ACORN": ("CRC-16/XMODEM",),
    "CRC-16/LTE": ("CRC-16/XMODEM",),
    "CRC-16/AUG-CCITT": ("CRC-16/SPI-FUJITSU",),
    "CRC-16/EPC": ("CRC-16/GENIBUS",),
    "CRC-16/DECT": ("CRC-16/DECT-R", "CRC-16/DECT-X"),
    "CRC-16/MAXIM": ("CRC-16/MAXIM-DOW",),
    "CRC-24": ("CRC-24/OPENPGP", "CRC-24/LTE-A", "CRC-24/BLE"),
    "CRC-24/LTE": ("CRC-24/LTE-A", "CRC-24/LTE-B"),
    "CRC-32": ("CRC-32/ISO-HDLC", "CRC-32/BZIP2", "CRC-32/MPEG-2", "CRC-32/ISCSI"),
    "CRC-32/ADCCP": ("CRC-32/ISO-HDLC",),
    "CRC-32/XZ": ("CRC-32/ISO-HDLC",),
    "PKZIP": ("CRC-32/ISO-HDLC",),
    "CRC-32C": ("CRC-32/ISCSI",),
    "CRC-32/CASTAGNOLI": ("CRC-32/ISCSI",),
    "CRC-32/POSIX": ("CRC-32/CKSUM",),
    "CRC-32/AAL5": ("CRC-32/BZIP2",),
    "CRC-32D": ("CRC-32/BASE91-D",),
    "CRC-32Q": ("CRC-32/AIXM",),
    "CRC-64": ("CRC-64/ECMA-182", "CRC-64/XZ", "CRC-64/GO-ISO"),
    "CRC-64/ECMA": ("CRC-64/ECMA-182", "CRC-64/XZ"),
    "CRC-64/GO-ECMA": ("CRC-64/XZ",),
    "CRC-64/ISO": ("CRC-64/GO-ISO",),
}
"""What others than the catalogue's names could mean: refused, with these."""


def _letters(name: str) -> str:
    return "".join(letter for letter in name.upper() if letter.isalnum())


_MEANT = {_letters(name): names for name, names in MEANINGS.items()}
_MEANT |= {_letters(name): (name,) for name in ALGORITHMS}


def canonical(name: object) -> str:
    """The one spelling of a CRC: its name in the catalogue, or else its parameters.

    Raises ValueError for a name of several meanings, or one that the catalogue does not know, with what could
    be meant; for parameters that are none, too many or too large.

    >>> canonical("refin=True, refout=True, width=16, poly=0x1021, init=0, xorout=0")
    'CRC-16/KERMIT'
    >>> canonical("width=12,poly=15,init=0,refin=false,refout=false,xorout=0")
    'width=12,poly=0x00f,init=0x000,refin=false,refout=false,xorout=0x000'
    """
    if isinstance(name, str) and "=" in name:
        return spelling(_from_parameters(name))
    if isinstance(name, str) and name in ALGORITHMS.keys() | _RENAMED.keys():
        return _RENAMED.get(name, name)
    meant = _MEANT.get(_letters(str(name)), ())
    if len(meant) == 1:
        raise ValueError(f"algorithm {name!r} is called {meant[0]} by the CRC catalogue: give that name")
    if meant:
        names = f"{', '.join(meant[:-1])} or {meant[-1]}"
        raise ValueError(f"algorithm {name!r} could mean {names}: give one of these names")
    nearest = get_close_matches(str(name), ALGORITHMS, n=1, cutoff=0.0)[0]
    raise ValueError(
        f"algorithm must be a name of the CRC catalogue, or {_form()}, not {name!r}: nearest is {nearest}"
    )


@lru_cache(maxsize=1024)
def algorithm(name: str) -> Algorithm:
    """The CRC of a spelling; raises ValueError as ``canonical`` does."""
    found = canonical(name)
    return ALGORITHMS.get(found) or _from_parameters(found)


def spelling(algorithm: Algorithm) -> str:
    """The one of ``canonical``."""
    if algorithm in _NAMES:
        return _NAMES[algorithm]
    digits = -(-algorithm.width // 4)
    initial, xor_out = f"0x{algorithm.initial:0{digits}x}", f"0x{algorithm.xor_out:0{digits}x}"
    flags = str(algorithm.reflected_in).lower(), str(algorithm.reflected_out).lower()
    values = (str(algorithm.width), f"0x{algorithm.polynomial:0{digits}x}", initial, *flags, xor_out)
    return ",".join(f"{key}={value}" for key, value in zip(KEYS, values, strict=True))


def _form() -> str:
    return ",".join(f"{key}=…" for key in KEYS)


def _from_parameters(text: str) -> Algorithm:
    given: dict[str, str] = {}
    for part in text.split(","):
        key, equals, value = (piece.strip().lower() for piece in part.partition("="))
        if not equals or key not in KEYS or key in given:
            raise ValueError(f"algorithm {text!r}: {part!r} is not one of {_form()}, each given once")
        given[key] = value
    missing = [key for key in KEYS if key not in given]
    if missing:
        raise ValueError(f"algorithm {text!r} lacks {', '.join(missing)}: write {_form()}")
    width = _number(text, "width", given, NARROWEST, WIDEST)
    return Algorithm(
        width=width,
        polynomial=_number(text, "poly", given, 1, 2**width - 1),
        initial=_number(text, "init", given, 0, 2**width - 1),
        reflected_in=_flag(text, "refin", given),
        reflected_out=_flag(text, "refout", given),
        xor_out=_number(text, "xorout", given, 0, 2**width - 1),
    )


def _number(text: str, key: str, given: Mapping[str, str], least: int, most: int) -> int:
    hexadecimal = given[key].startswith("0x")
    digits, base = (given[key][2:], 16) if hexadecimal else (given[key], 10)
    readable = 0 < len(digits) <= 20 and set(digits) <= set("0123456789abcdef"[:base])
    number = int(digits, base) if readable else -1
    if not least <= number <= most:
        limits = f"{least} to {most}" if key == "width" else f"{least} to 0x{most:x}, as 0x1021 or 4129"
        raise ValueError(f"algorithm {text!r}: {key} is a whole number from {limits}, not {given[key]!r}")
    return number


def _flag(text: str, key: str, given: Mapping[str, str]) -> bool:
    if given[key] not in ("true", "false"):
        raise ValueError(f"algorithm {text!r}: {key} is true or false, not {given[key]!r}")
    return given[key] == "true"
