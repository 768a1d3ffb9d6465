"""Endings and media types of files: what runs, what carries macros, what a text is called."""

#: what runs on somebody's computer when it is opened
PROGRAM_ENDINGS = frozenset(
    (
        *("exe", "com", "scr", "pif", "cpl", "msi", "msp", "mst", "dll", "sys", "drv", "ocx"),
        *("bat", "cmd", "ps1", "psm1", "psd1", "ps1xml", "vbs", "vbe", "vb", "js", "jse", "mjs"),
        *("ws", "wsf", "wsc", "wsh", "hta", "sct", "inf", "reg", "lnk", "url", "scf", "chm"),
        *("jar", "jnlp", "class", "apk", "app", "dmg", "pkg", "deb", "rpm", "run", "elf"),
        *("sh", "bash", "csh", "ksh", "zsh", "fish", "py", "pyc", "pyw", "pl", "rb", "php"),
        *("iso", "img", "vhd", "vhdx", "udf", "msc", "gadget", "application", "appx", "msix"),
        *("xll", "wll", "ppa", "ppam", "mde", "ade", "adp", "desktop", "command", "workflow"),
        *("library-ms", "search-ms", "settingcontent-ms", "diagcab", "theme", "one", "xbap"),
    )
)
PROGRAM_TYPES = frozenset(
    (
        "application/vnd.microsoft.portable-executable",
        "application/x-executable",
        "application/x-msdownload",
        "application/x-msdos-program",
        "application/x-dosexec",
        "application/x-ms-shortcut",
        "application/x-msi",
        "application/hta",
        "application/java-archive",
        "application/javascript",
        "application/x-javascript",
        "text/javascript",
        "text/vbscript",
        "application/x-sh",
        "text/x-shellscript",
        "application/x-bat",
    )
)
#: office files whose very name announces macros
MACRO_ENDINGS = frozenset(
    ("docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm", "sldm")
)
#: media type of a file without a telling label
BY_ENDING = {
    "txt": "text/plain",
    "log": "text/plain",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "htm": "text/html",
    "html": "text/html",
    "eml": "message/rfc822",
    "ics": "text/calendar",
    "vcf": "text/vcard",
}
