"""Odd texts, numbers and bytes: the values on which readers stumble, one list for each place where they may stand."""

LONG_NUMBER = "9" * 4400  # Python turns no decimal of more than 4,300 digits into a number

TEXTS = (
    "", " ", "*", "?", "-", "-1", "0", "all", "tcp", "443", "local", "..", "/", "\u0000", "\u202e", "\u0663", "\u00b2",
    "é", "\U0001f600", "\n", "\x1b[31m", "%s", "{0}", "${aws:PrincipalArn}", "x" * 300, "*" * 40 + "b", "a." * 120,
    LONG_NUMBER, "available", "active", "blackhole", "deleted", "tomorrow", "enforce", "2026-01-01T00:00:00Z", "true",
    "0.0.0.0/0", "10.0.0.0/8", "10.0.1.0/24", "10.0.0.300", "10.0.0.0/33", "::/0", "::", "fe80::1%eth0", "fe80::%1/64",
    "2600:1f18::/56", "::ffff:10.0.0.1", "1.2.3.4/0.0.0.255", "010.0.0.1", "255.255.255.255", "255.255.255.255/32",
    "sg-gone", "vpc-main", "subnet-private-a", "igw-main", "nat-a", "pl-s3", "vpce-s3", "tgw-hub", "eni-peer", "null",
    "arn:aws:lambda:eu-west-1:111122223333:function:app", "arn:", "arn:::::", "app", "[", "[!", "[z-a]", "(", "\\", "'",
)  # fmt: skip

NUMBERS = (
    0, 1, -1, 6, 17, 22, 80, 443, 1023, 1024, 32767, 65535, 65536, 2**31, 2**63, 2**64, -(2**63), 10**30, 0.5, 1e308,
)  # fmt: skip

# JSON that no library writes, but some hand does.
RAW = (
    b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-0", b"1.0", b"01", b"0x10", b"9" * 4400, b"9" * 25, b'"\\ud800"',
    b'"\\udc00x"', b'"\xff"', b'"\xed\xa0\x80"', b'"\\u0000"', b"'x'", b"", b",", b"/* */ 1", b"undefined", b"tru",
    b"[" * 3000 + b"]" * 3000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b"[" * 3000,
)  # fmt: skip
RAW_KEYS = (b"", b"VpcId", b"a", b"\xff", b"\\ud800")

BYTES = (
    b"", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\n", b" ", b'"', b"{", b"}", b"[", b"]", b",", b":", b"-",
    b"9",
)  # fmt: skip
ARCHIVE_BYTES = (b"", b"\x00", b"\xff" * 4, b"PK\x01\x02", b"PK\x05\x06")

YAML = (
    "&a ", "*a", "<<: *a", "!!python/object:os.system ", "!!binary ", "!!set ", "!!omap ", "!!timestamp ", "!x ",
    "---\n", "...\n", "? ", ": ", "- ", "{", "}", "[", "]", "|", ">", "%YAML 9.9\n", "%TAG ! x\n", "\t", "\u0085",
    "\u2028", "\ufeff", "\x00", "\x07", "#", "'", '"', "\\x", '"\\ud800"', "~", "null", "0o7", "0x1f", "1e999", ".inf",
    ".nan", "190:20:30", "1_000", "=", "2026-13-45", LONG_NUMBER, "[" * 200, "{a: " * 60, "&a [*a]", "&a {b: *a}",
    "- " * 300, "é", "\U0001f600", "x" * 3000, "name: ", "*" * 30, "[!", "yes", "2026-01-01T25:00:00Z",
    "0x" + "f" * 6000,
)  # fmt: skip

PATTERNS = (
    "s3:*", "*", "s3:?et*", "*" * 60 + "b", "*a" * 40, "a*" * 60 + "?", "?" * 200, "${", "${}", "${*}", "${aws:x, 'y'}",
    "arn:aws:s3:::",
)  # fmt: skip

# Pieces of what somebody may type.
SIGNS = (
    ":", "/", "[", "]", "::", ".", "..", "-", "*", "%", "@", " ", "\t", "\n", "\x00", "\udc80", "\ud800", "é", "\u0663",
    "\u00b2", "\u3002", "443", ":443/tcp", ":0", ":65536", f":{LONG_NUMBER}", "/33", "%eth0", "a" * 64, "a." * 130,
    "-" * 80, "a-" * 200 + "1", "s3.", "xn--", "arn:", "İ", "ß", "\u202e",
)  # fmt: skip
GLOBS = (*SIGNS, "*" * 30 + "z", "[!a-", "[z-a]", "$LATEST")
