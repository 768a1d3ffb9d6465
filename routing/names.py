"""Who is named in a few words: 李伟负责, "Li Wei, by 27 Nov". Pure, total."""

import re

_MOST = 300  #: characters that are read
_PARTS = re.compile(r"[,;:\n。，；：、()（）/|]|(?<![A-Z])\.(?=\s|$)|\s[-–—]+\s")
_BEFORE = re.compile(
    r"(?:(?:负责人|经办人|承办人|处理人|姓名|由|我是|name|owner|handled by|assigned to|responsible|"
    r"i am|i'm|this is|by)\b[\s:]{0,3}|(?:负责人|经办人|承办人|处理人|姓名|由|我是)[是为]?\s{0,3})",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s{0,3}(?:来?(?:负责|跟进|处理|承办|经办|对接)(?:此事|本案|该投诉|投诉)?|"
    r"(?:will|is going to) (?:handle|look into|do|take|check) (?:it|this|that)|"
    r"(?:will take|takes?) (?:it|this|care of (?:it|this))|is (?:in charge|on it|responsible))$",
    re.IGNORECASE,
)
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    "魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎"
    "易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛"
    "管祝左涂谷祁时舒耿牟卜肖詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司"
    "柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来苟全褚廉简娄盖符奚木穆党燕郎邸"
    "冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻餘鐘鍾薑範譚鄒陸龍錢湯賀賴龔龐蘭顏倪嚴溫韋畢聶"
)
_NO_NAMES = (
    "马上 安排 高度 万分 关于 时间 方便 周末 常规 任务 包装 全部 全体 全力 成功 计划 应该 原因 "
    "来访 来电 "
    "文件 商量 金额 费用 简单 强调 单号 单位 解决 成立 查看 查收 查询 连夜 华为 都是 江苏 方案 "
    "金属 车间 "
    "万事 应急 应当 时刻 常见 易碎 高温 高压 白天 安全 强烈 盖子 花费 单独 温度 温馨 成本 向您 "
    "任何 何时 "
    "关闭 关注 解释 解答 查明 连接 毛病 明天 施工 包括 石头 全程 计算 房屋 商品 商场"
)
_CHINESE = re.compile(
    rf"(?:(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|夏侯)[一-鿿]{{1,2}}|"
    rf"[{_SURNAMES}][一-鿿]{{1,2}})"
    r"(?:工|经理|主管|工程师|师傅|主任|先生|女士|总)?"
)
_TOKEN = re.compile(r"[^\W\d_][^\W\d_'’.\-]{0,29}(?:['’.\-][^\W\d_]{0,29}){0,3}")
_NOT_IN_NAMES = (
    "we i he she they you it will the a an our your my this that these please thanks thank ok "
    "okay best kind "
    "regards greetings sincerely cheers sent from iphone android today tomorrow now soon asap "
    "quality service "
    "department team dept desk gmbh ltd inc co customer case complaint by until before and or to "
    "in on for is "
    "are be was not no yes all noted sure received understood done accepted accept name date "
    "owner due "
    "monday tuesday wednesday thursday friday saturday sunday mr mrs ms dr as per working within "
    "next week "
    "january february march april may june july august september october november december dear "
    "hi hello "
    "immediately investigation started starting looking checking well"
)


def person_in(text: str) -> str:
    """Return the first part of `text` that looks like a person's name, as written; "" if none."""
    for part in _PARTS.split(text[:_MOST]):
        words = part.strip(" \t\r*_\"'“”[]【】<>-–—=.")
        lead = _BEFORE.match(words)
        words = _AFTER.sub("", words[lead.end() :] if lead else words).strip()
        if _is_name(words):
            return words
    return ""


def _is_name(words: str) -> bool:
    if _CHINESE.fullmatch(words):
        return words not in _NO_NAMES.split()
    tokens, others = words.split(), _NOT_IN_NAMES.split()
    return (
        0 < len(tokens) <= 4
        and all(_TOKEN.fullmatch(token) for token in tokens)
        and not any(token.strip(".").lower() in others for token in tokens)
        and tokens[0][0].isupper()
        and tokens[-1][0].isupper()
    )
