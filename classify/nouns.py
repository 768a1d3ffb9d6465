"""Names of common goods and makers, for texts that name what they are about without a label."""

from classify.script import words_of

ZH = words_of(
    """
    空调 冰箱 洗衣机 电视 电视机 热水器 油烟机 燃气灶 微波炉 电饭煲 电饭锅 电磁炉 烤箱
    洗碗机 净水器 饮水机 豆浆机 破壁机 榨汁机 吸尘器 扫地机器人 空气净化器 加湿器 取暖器
    电风扇 电热水壶 电水壶 吹风机 剃须刀 电动牙刷 手机 平板 平板电脑 电脑 笔记本 笔记本电脑
    显示器 键盘 鼠标 耳机 音箱 充电器 数据线 充电宝 路由器 打印机 相机 摄像头 手表 手环
    内存卡 硬盘 U盘 书 图书 教材 衣服 裤子 裙子 连衣裙 外套 羽绒服 毛衣 衬衫 T恤 牛仔裤
    运动鞋 鞋子 皮鞋 靴子 袜子 内衣 帽子 围巾 书包 行李箱 被子 床单 枕头 毛巾 牛奶 鲜牛奶
    酸奶 奶粉 面包 蛋糕 饼干 月饼 苹果 梨 橙子 香蕉 葡萄 草莓 樱桃 车厘子 芒果 榴莲 火龙果
    猕猴桃 西瓜 桃子 大米 食用油 火锅 饺子 包子 粥 米饭 面条 炒饭 汉堡 披萨 炸鸡 奶茶 咖啡
    茶叶 白酒 啤酒 红酒 饮料 矿泉水 零食 坚果 牛肉 鸡肉 猪肉 羊肉 螃蟹 鸡蛋 沙发 床垫 衣柜
    餐桌 椅子 书桌 茶几 柜子 台灯 吸顶灯 门锁 马桶 水龙头 花洒 地板 瓷砖 油漆 轮胎 刹车片
    机油 电瓶 车载导航 行车记录仪 血压计 血糖仪 体温计 轮椅 口罩 助听器 试纸 感冒药 维生素
    面膜 洗面奶 口红 粉底液 香水 洗发水 护发素 润发乳 沐浴露 牙膏 卸妆膏 爽肤水 防晒霜
    纸尿裤 奶瓶 玩具 积木 婴儿车 安全座椅 自行车 电动车 跑步机 猫粮 狗粮 拉杆箱 雨伞 保温杯
    水杯 炒锅 菜刀 拖把 垃圾桶 电钻 投影仪 遥控器 门铃 窗帘 地毯
    """
)
#: makers that may stand before the noun
ZH_MAKERS = words_of(
    """
    格力 美的 海尔 小米 华为 荣耀 苹果 三星 联想 海信 长虹 创维 奥克斯 老板 方太 九阳
    苏泊尔 蒙牛 伊利 光明
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
    also may could should did does do
    """
    )
)
EN_ARTICLES = frozenset(
    words_of(
        """
    a an the some my our these those new another their your of
    """
    )
)
EN_VERBS = frozenset(["ordered", "bought", "purchased", "owns", "owned", "odered"])
#: after "ordered" these are no goods
EN_EMPTY = frozenset(
    words_of(
        """
    order orders item items product products one it them this something things stuff online
    food merchandise gift gifts size sizes package parcel delivery few couple lot same day
    days anything everything present presents goods from ones today evening time me him her
    us you
    """
    )
)
