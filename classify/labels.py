"""The words that stand before a value, by kind of fact, in both languages."""

from classify.script import phrases_of, words_of

#: the longest wins: 快递单号 is a tracking number although 单号 alone names an order
LABELS: dict[str, tuple[str, ...]] = {
    "batch": phrases_of(
        """
        batch, batches, lot, lots, batch no, lot no, lot number, batch number, ln,
        date code, date codes, batch code, lot code, 批号, 批次, 批次号, 生产批号,
        生产批次, 产品批号, 喷码, 批号/日期, 生产批次号
        """
    ),
    "serial": phrases_of(
        """
        serial, serials, serial number, serial numbers, serial no, s/n, sn, imei, vin,
        序列号, 机身号, 机身码, 出厂编号, 出厂号, 串号, 机号, 机器编号, 机身编号, 产品编号,
        设备编号, sn码, 车架号
        """
    ),
    "order": phrases_of(
        """
        order, orders, order number, order no, order id, order ref, order reference,
        order code, booking, booking reference, booking number, booking ref, booking code,
        reservation number, reservation, confirmation number, confirmation code,
        payment code, purchase order, po number, pnr, ord, order nr, 订单, 订单号,
        订单编号, 订单号码, 单号, 定单号, 定单, 预订号, 预定号, 预订单号, 采购单号, 合同号,
        订货单号, 购物单号
        """
    ),
    "tracking": phrases_of(
        """
        tracking, tracking number, tracking no, tracking id, tracking code, awb, waybill,
        waybill number, consignment number, parcel number, consignment, 快递单号, 运单号,
        物流单号, 快递号, 运单, 物流号, 顺丰单号, 快递运单号, 圆通单号, 中通单号, 申通单号,
        韵达单号, 京东单号, ems单号, 货运单号
        """
    ),
    "model": phrases_of(
        """
        model, models, model number, model numbers, model no, part, part number, part no,
        pn, p/n, catalog number, catalogue number, catalog, cat no, sku, item number,
        item no, item code, article number, article no, art no, product code,
        product number, product no, ref no, style number, style no, 型号, 产品型号,
        规格型号, 机型, 货号, 款号, 商品编号, 物料号, 零件号, 料号, 型号规格, 图号,
        product #, item #, style #, article #
        """
    ),
    "phone": phrases_of(
        """
        phone, phone number, telephone, tel, mobile, mobile number, cell, call me,
        call me on, call me at, contact number, whatsapp, reach me on, hotline,
        reach me at, 电话, 手机, 手机号, 手机号码, 联系电话, 电话号码, 联系方式, 固话,
        座机, 致电, 拨打, 热线, 客服电话, 微信同号, 拨打了, 打了
        """
    ),
    "quantity": phrases_of(
        """
        quantity, qty, quantity affected, 数量, 件数, 购买数量, 不良数量, 投诉数量,
        发货数量, 不良品数量
        """
    ),
    "customer": phrases_of(
        """
        customer, customer name, name, my name, full name, contact, contact person, 姓名,
        客户, 客户名称, 客户姓名, 联系人, 投诉人, 顾客姓名, 顾客, 收货人, 投诉人姓名, 我叫,
        本人姓名, 收件人, 客户单位, 单位名称, 公司名称
        """
    ),
    "product": phrases_of(
        """
        product, product name, item, item name, goods, article, device, appliance, 产品,
        产品名称, 商品, 商品名称, 品名, 货品, 货物名称, 投诉产品, 购买产品, 名称, 产品名,
        商品名, 设备名称, 所购商品, 购买商品
        """
    ),
    "date": phrases_of(
        """
        date of purchase, purchase date, 购买日期, 购买时间, 生产日期
        """
    ),
}

#: what may stand between a label and its value
LINKS = frozenset(
    words_of(
        """
    no nos number numbers num nr id code codes ref reference is was are were of from
    ranging starting with affected the : # = - . ( ) [ ] * № 为 是 码 号 编 ： ， ,
    """
    )
)
#: links after which even a short or plain value is meant
STRONG_LINKS = frozenset(
    words_of(
        """
    no nos number numbers num nr id code codes : # = № 为 是 号
    """
    )
)
#: what may stand between two values of one label
CHAINS = frozenset(
    words_of(
        """
    and & , / + 、 和 及 与 or through thru to - ~ 至 到 或 ; ； ： : #
    """
    )
)

#: what a sender may ask for
DEMANDS: dict[str, tuple[str, ...]] = {
    "refund": phrases_of(
        """
        refund, refunded, full refund, money back, reimbursement, reimbursed, 退款, 退钱,
        全额退款, 退货退款, 退还, 退费, 退货
        """
    ),
    "exchange": phrases_of(
        """
        exchange, replacement, replace, replaced, swap, new one, resend, 换货, 更换, 换新,
        换一台, 换一个, 补发, 重发, 重新发货, 补寄
        """
    ),
    "repair": phrases_of(
        """
        repair, repaired, fix it, fixed, 维修, 修理, 修好, 返修
        """
    ),
    "apology": phrases_of(
        """
        apology, apologise, apologize, 道歉, 赔礼道歉, 赔礼
        """
    ),
    "compensation": phrases_of(
        """
        compensation, compensate, compensated, damages, 赔偿, 赔付, 补偿, 假一赔三,
        假一赔十, 退一赔三, 索赔
        """
    ),
    "visit": phrases_of(
        """
        send a technician, send someone, send an engineer, come and look, site visit, 上门,
        派人, 上门处理, 上门检查, 现场处理
        """
    ),
}
#: one of these shortly before a demand makes it one
REQUESTS = frozenset(
    words_of(
        """
    want wants demand demanding request requesting require please expect expecting need
    like insist kindly must hope seeking give ask asking deserve
    """
    )
)
REQUESTS_ZH = words_of(
    """
    要求 希望 请 想 申请 必须 能否 给我 诉求 强烈 麻烦 应该 我要 需要 尽快 立即 马上 可以
    要么
    """
)
REFUSALS = frozenset(
    words_of(
        """
    no not never refuse refused denied deny without won't cannot can't
    """
    )
)
REFUSALS_ZH = ("不", "拒绝", "没有", "没", "无法", "未")
