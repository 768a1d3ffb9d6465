"""Names of common goods and makers, for texts that name what they are about without a label."""

from classify.script import words_of

ZH_FOODS = words_of(
    """
    牛奶 鲜牛奶 酸奶 奶粉 面包 蛋糕 饼干 月饼 苹果 梨 橙子 香蕉 葡萄 草莓 樱桃
    车厘子 芒果 榴莲 火龙果 猕猴桃 西瓜 桃子 大米 食用油 火锅 饺子 包子 粥 米饭
    面条 炒饭 汉堡 披萨 炸鸡 奶茶 咖啡 茶叶 白酒 啤酒 红酒 饮料 矿泉水 零食 坚果
    牛肉 鸡肉 猪肉 羊肉 螃蟹 鸡蛋
    """
)
ZH = ZH_FOODS + words_of(
    """
    空调 冰箱 洗衣机 电视 电视机 热水器 油烟机 燃气灶 微波炉 电饭煲 电饭锅 电磁炉
    烤箱 洗碗机 净水器 饮水机 豆浆机 破壁机 榨汁机 吸尘器 扫地机器人 空气净化器 加湿器
    取暖器 电风扇 电热水壶 电水壶 吹风机 剃须刀 电动牙刷 手机 平板 平板电脑 电脑
    笔记本 笔记本电脑 显示器 键盘 鼠标 耳机 音箱 充电器 数据线 充电宝 路由器 打印机
    相机 摄像头 手表 手环 内存卡 硬盘 U盘 书 图书 教材 衣服 裤子 裙子 连衣裙 外套
    羽绒服 毛衣 衬衫 T恤 牛仔裤 运动鞋 鞋子 皮鞋 靴子 袜子 内衣 帽子 围巾 书包
    行李箱 被子 床单 枕头 毛巾 沙发 床垫 衣柜 餐桌 椅子 书桌 茶几 柜子 台灯 吸顶灯
    门锁 马桶 水龙头 花洒 地板 瓷砖 油漆 轮胎 刹车片 机油 电瓶 车载导航 行车记录仪
    血压计 血糖仪 体温计 轮椅 口罩 助听器 试纸 感冒药 维生素 面膜 洗面奶 口红 粉底液
    香水 洗发水 护发素 润发乳 沐浴露 牙膏 卸妆膏 爽肤水 防晒霜 纸尿裤 奶瓶 玩具 积木
    婴儿车 安全座椅 自行车 电动车 跑步机 猫粮 狗粮 拉杆箱 雨伞 保温杯 水杯 炒锅 菜刀
    拖把 垃圾桶 电钻 投影仪 遥控器 门铃 窗帘 地毯
    """
)
#: makers that may stand before the noun
ZH_MAKERS = words_of(
    """
    格力 美的 海尔 小米 华为 荣耀 苹果 三星 联想 海信 长虹 创维 奥克斯 老板 方太 九阳
    苏泊尔 蒙牛 伊利 光明 诺基亚 摩托罗拉 MOTO Nokia HP IBM
    索尼 索爱 松下 飞利浦 西门子 首信 波导 夏新 康佳 TCL
    中兴 酷派 步步高 OPPO vivo 魅族 一加 真我 惠普 戴尔 宏碁 宏基 华硕 神舟 方正 同方 东芝 富士通
    微星 明基 佳能 尼康 夏普 日立 志高 大金 科龙 容声 美菱 小天鹅 万和 万家乐 格兰仕 博世 戴森
    欧莱雅 资生堂 兰蔻 玉兰油 海飞丝 潘婷 清扬 飘柔 力士 多芬 妮维雅 百雀羚 三只松鼠 良品铺子
    耐克 阿迪达斯 李宁 安踏 优衣库 罗技 金士顿 希捷 西数 爱国者 纽曼 漫步者
    """
)
MAKERS = frozenset(
    words_of(
        """
    ford chevrolet chevy dodge toyota honda nissan mazda subaru hyundai kia jeep chrysler
    buick cadillac gmc lincoln mercury pontiac saturn volkswagen vw audi bmw volvo
    mitsubishi suzuki lexus acura infiniti fiat renault peugeot citroen opel vauxhall skoda
    seat tesla byd geely
    """
    )
)

#: words that end the name of goods in "ordered a … "
EN_STOPS = frozenset(
    words_of(
        """
    which that from for on and in with at but to as online when by of off it they he she we
    i this is was were are has have had because after before via through using last today
    yesterday since then only so who where while if or about around over under into out
    back again yet still now just recently ago not never would will be been made two three
    february march april june july august september october november december january show
    shows showed used the a an following requested received minutes review additionally
    also may could should did does do itself myself called comes come came size sized
    anticipating more than less without within during until till per each like being itself
    didn't doesn't isn't wasn't hoping expecting costing worth dollar dollars rs inr usd gbp eur
    months weeks month week ago hasn't jan feb mar apr jun jul aug sep sept oct nov dec monday
    tuesday wednesday thursday friday saturday sunday there their its whose with/ too very
    instrument instruments device devices both either including included inside although
    though unless
    """
    )
)
EN_ARTICLES = frozenset(
    words_of(
        """
    a an the some my our these those new another their your of defective damaged broken faulty
    wrong following two three four five six one several few nice expensive brand second first
    large small big medium separate this his her other single only just simply
    original actual real genuine official
    """
    )
)
EN_VERBS = frozenset(
    words_of("ordered bought purchased owns owned odered ordering buying receive received order")
)
#: after "ordered" these are no goods
EN_EMPTY = frozenset(
    words_of(
        """
    order orders item items product products one it them this something things stuff online
    food merchandise gift gifts size sizes package parcel delivery few couple lot same day
    days anything everything present presents goods from ones today evening time me him her
    us you here there quite bank weeks months lots thing things plan family friend friends wife
    husband son daughter kids mother father mom dad email emails mail mails e-mail call calls
    message messages refund refunds notification notifications confirmation reply replies
    response responses text letter replacement answer answers notice credit money service
    services information help support nothing years hours minutes number numbers id status
    confirmed again update updates code fault faults copy copies review reviews assistance
    contact compensation voucher coupon stars star directly several multiple many much none
    neither each every whole site website app apps store stores company place please thanks
    customers customer people consumers complaint complaints brand payment charges charge pickup
    discount cancelled canceled apology excuse excuses communication shipment shipping any no
    cash bill card cards check double stating saying separately
    """
    )
)

#: the commonest surnames; a name of two or three characters begins with one
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程"
    "吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱"
    "严覃武莫孔汤施洪翁季倪聂柳殷岳庄俞章鲁葛柯毕樊兰焦安祝柴欧阳"
)
#: how the names of organisations end
ORGANISATIONS_EN = (
    "Ltd", "Limited", "Inc", "LLC", "GmbH", "Corp", "Corporation", "Company", "PLC", "plc", "AG",
    "Hospital", "Clinic", "School", "University", "College", "Hotel", "Restaurant", "Pharmacy",
    "Foundation", "Association", "Institute", "Laboratories",
)  # fmt: skip
ORGANISATIONS_ZH = (
    "有限公司", "股份公司", "集团", "公司", "医院", "诊所", "学校", "小学", "中学", "大学",
    "幼儿园", "酒店", "饭店", "餐厅", "研究院", "研究所", "事务所", "合作社", "超市", "工厂",
    "药房", "药店", "商行", "经营部",
)  # fmt: skip
#: words that no name of a person holds
COMMON_WORDS = frozenset(
    words_of(
        """
    the a an and or not no never again very bad good worst best service services support team
    customer customers care thank thanks thankyou you your please help food order orders delivery
    refund money time experience total totally rip off do does dont don't buy beware buyer avoid
    stay away waste scam fraud terrible horrible awful poor pathetic rubbish disgusting disappointed
    disappointing unacceptable ridiculous shame enough said sad happy angry customerservice company
    website site app store shop stores online product products item quality price shipping
    complaint complaints manager staff hello hi dear sir madam regards sincerely kind yours sent
    from my get out save yourself it is was are this that these those here there what when where
    why who how all always more less only just still now today tomorrow yesterday ever first last
    one two three star stars zero absolutely extremely really so too such highly recommend
    recommended updated update reply response amazon walmart ebay uber mcdonalds
    airlines airways air football club united states new york black friday merry christmas happy
    birthday jersey shirt ltd inc llc go will would should could can cannot never monday tuesday
    wednesday thursday friday saturday sunday january february march april june july august
    september october november december with without on in at for by of to as if consumer affairs
    credit card bank paypal debit visa end story bye ugh wow omg lol boo joke lesson learned
    """
    )
)

#: nouns that end the name of goods in English
EN_GOODS = frozenset(
    words_of(
        """
    jersey jerseys shirt shirts t-shirt t-shirts tshirt tshirts hoodie hoodies sweatshirt
    sweatshirts jacket jackets trousers jeans skirt blouse sweater shoes boots sneakers sandals
    hat hats scarf masks backpack handbag suitcase blanket pillow mattress sofa couch stroller
    crib toaster kettle blender microwave fridge refrigerator freezer dishwasher humidifier
    camera cameras laptop printer headphones earbuds router tv television pizza pizzas burger
    burgers biryani sandwich noodles nuggets tires tyres engines helmet bicycle scooter mower
    generator stapler pump ventilator syringe syringes stent implant tablets capsules shampoo
    perfume toothbrush razor doll puzzle soundtrack ost novel cookbook
    """
    )
)
#: instruments: a report names several of them
EN_DEVICES = frozenset(
    words_of(
        """
    stapler staplers grasper graspers forceps scissors applier retractor cannula obturator
    endoscope catheter sealer dissector clamp trocar
    """
    )
)
TWO_WORD_MODELS = frozenset(
    words_of(
        """
    town grand crown monte santa land park le el la range crew trail pt model super mountaineer
    """
    )
)
#: parts and furniture: goods only where somebody bought them
ZH_PARTS = frozenset(
    words_of(
        """
    键盘 鼠标 摄像头 硬盘 显示器 电脑 内存卡 充电器 数据线 耳机 音箱 电视 毛巾 床单 枕头 被子 椅子
    地毯 地板 窗帘 马桶 花洒 水龙头 瓷砖 遥控器 桌子
    """
    )
)
#: where a noun of goods is part of another word
ZH_NO_GOODS = (
    "明书", "证书", "书记", "秘书", "书面", "书店", "文书", "议书", "书上", "书城", "电脑包",
    "电脑上", "手机号", "手机短", "手机店", "手机端", "手机版", "手机上", "手机客", "手机1",
    "手机：", "手机:", "手机壳", "梨花", "粥店", "苹果店", "水果",
)  # fmt: skip
