"""Charset labels: what mails call a charset, and the Python codec that understands the most of it.

This is an allow-list (reliability F97): a label that isn't here is as good as none.
"""

from typing import Final

#: codec: labels, in lower case and squeezed to letters and digits
_LABELS: Final = """
utf-8: utf8 utf8mb4 unicode11utf8
utf-7: utf7 unicode11utf7
utf-16: utf16
utf-16-le: utf16le
utf-16-be: utf16be
utf-32: utf32
gb18030: gb2312 gb231280 gb23121980 gbk xgbk gb18030 cp936 ms936 windows936 euccn xeuccn chinese
gb18030: isoir58 csgb2312 csiso58gb231280 gb18030utf8
hz: hz hzgb2312
cp950: big5 cnbig5 csbig5 xxbig5 big5tw big5eten cp950 ms950
big5hkscs: big5hkscs
cp949: euckr ksc56011987 ksc5601 ksc56011989 korean isoir149 csksc56011987 cp949 uhc ms949
cp949: windows949 cseuckr
iso2022_kr: iso2022kr
johab: johab
cp932: shiftjis sjis xsjis mskanji csshiftjis windows31j cp932 ms932 xmscp932
euc_jis_2004: eucjp xeucjp ujis cseucpkdfmtjapanese
iso2022_jp_2004: iso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jp2004 csiso2022jp cp50220
iso2022_jp_2004: cp50221 iso2022jpms
cp874: windows874 cp874 tis620 xwindows874 iso885911 dos874
cp1252: iso88591 latin1 l1 isoir100 iso885911987 cp819 windows1252 cp1252 xansi ansi ansix341968
cp1252: ansix34 westerneuropean
cp1254: iso88599 latin5 windows1254 cp1254
iso8859_2: iso88592 latin2
iso8859_3: iso88593
iso8859_4: iso88594
iso8859_5: iso88595
iso8859_6: iso88596 iso88596i
iso8859_7: iso88597
iso8859_8: iso88598 iso88598i iso88598e
iso8859_10: iso885910
iso8859_13: iso885913
iso8859_14: iso885914
iso8859_15: iso885915 latin9
iso8859_16: iso885916
cp1250: windows1250 cp1250
cp1251: windows1251 cp1251
cp1253: windows1253 cp1253
cp1255: windows1255 cp1255
cp1256: windows1256 cp1256
cp1257: windows1257 cp1257
cp1258: windows1258 cp1258
cp437: ibm437 cp437
cp850: ibm850 cp850
cp852: ibm852 cp852
cp855: ibm855 cp855
cp857: ibm857 cp857
cp858: ibm858 cp858
cp862: ibm862 cp862
cp866: ibm866 cp866
koi8_r: koi8r koi8
koi8_u: koi8u
koi8_t: koi8t
mac_roman: macintosh mac macroman xmacroman
mac_cyrillic: xmaccyrillic
mac_latin2: xmacce
ptcp154: ptcp154
"""

#: label → codec. GB 18030 holds GB 2312 and GBK, and mails labelled gb2312 use all of it; browsers
#: and mailers alike mean Windows-1252 when they say Latin-1
CODECS: Final = {
    label: codec
    for codec, _, labels in (line.partition(":") for line in _LABELS.strip().splitlines())
    for label in labels.split()
}
