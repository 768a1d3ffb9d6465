"""The words that stand before a value, by kind of fact, in both languages."""

from classify.script import phrases_of, words_of

#: the longest wins: 快递单号 is a tracking number although 单号 alone names an order
LABELS: dict[str, tuple[str, ...]] = {
    "batch": phrases_of(
        """
        batch, batches, lot, lots, batch no, lot no, lot number, batch number, ln,
        date code, date codes, batch code, batch codes, lot code, lot codes, batch id,
        production code, lot/batch, batch/lot, lot numbers, batch numbers, 批号, 批次, 批次号,
        生产批号, 生产批次, 产品批号, 喷码, 批号/日期, 生产批次号
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
        product number, product no, ref no, style number, style no, upc, upc code, upc codes,
        upc number, upcs, ndc, skus, sku number, sku no, models affected, part numbers,
        item numbers, reorder number, 型号, 产品型号,
        规格型号, 机型, 货号, 款号, 商品编号, 物料号, 零件号, 料号, 型号规格, 图号,
        product #, item #, style #, article #
        """
    ),
    "phone": phrases_of(
        """
        phone, phone number, phone no, mobile no, contact no, ph no, his number, her number,
        guy number, boy number, my number, telephone, tel, mobile, mobile number, cell, call me,
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
        本人姓名, 收件人, complainant, complainant name, customer's name, your name,
        contact name, buyer, buyer name, 反馈人, 用户姓名, 购买人, 联系人姓名
        """
    ),
    "organisation": phrases_of(
        """
        company, company name, organisation, organization, organisation name, firm, employer,
        hospital, facility name, 单位, 单位名称, 公司, 公司名称, 客户单位, 工作单位, 企业名称,
        所在单位, 投诉单位, 客户公司
        """
    ),
    "address": phrases_of(
        """
        address, home address, postal address, mailing address, shipping address,
        delivery address, my address is, 地址, 收货地址, 联系地址, 家庭住址, 家庭地址, 住址,
        送货地址, 通讯地址, 详细地址, 安装地址
        """
    ),
    "customer_number": phrases_of(
        """
        customer number, customer no, customer id, customer code, client number, client no,
        client id, account number, account no, member number, member no, membership number,
        membership no, membership id, member id, 客户编号, 客户号, 客户代码, 客户代号, 会员号,
        会员编号, 会员卡号, 会员id, 用户编号, 用户号
        """
    ),
    "place": phrases_of(
        """
        place of purchase, purchased from, purchased at, bought from, bought at, retailer,
        store name, name of store, point of sale, 购买地点, 购买渠道, 购买门店, 购买平台,
        购买商店, 购买商场, 购买地, 购货地点, 经销商, 购买店铺
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
    ranging starting with affected the : # = | - . ( ) [ ] * № 为 是 码 号 编 ： ， ,
    """
    )
)
#: links after which even a short or plain value is meant
STRONG_LINKS = frozenset(
    words_of(
        """
    no nos number numbers num nr id code codes : # = | № 为 是 号
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
        refund, refunds, refunded, full refund, money back, money returned, money refunded,
        reimburse, reimbursement, reimbursed, credit note, 退款, 退钱, 全额退款, 退货退款, 退还,
        退费, 退货, 退一下, 退掉, 把钱退, 返还
        """
    ),
    "exchange": phrases_of(
        """
        exchange, exchanged, replacement, replace, replaced, swap, new one, another one, 换货,
        更换, 换新, 换一台, 换一个, 换一件, 换一双, 换个, 调换, 换机, 换台
        """
    ),
    "resend": phrases_of(
        """
        resend, resent, reship, reshipment, ship again, send again, send it again,
        send the missing, send me the missing, send the rest, 补发, 重发, 重新发货, 补寄, 重寄,
        补货, 补送, 重新寄, 重新发
        """
    ),
    "repair": phrases_of(
        """
        repair, repaired, fix it, fix this, fixed, mend it, 维修, 修一下, 修复, 修理, 修好, 返修
        """
    ),
    "apology": phrases_of(
        """
        apology, apologies, apologise, apologize, say sorry, 道歉, 赔礼道歉, 赔礼, 赔不是, 道个歉
        """
    ),
    "compensation": phrases_of(
        """
        compensation, compensate, compensated, damages, goodwill payment, 赔偿, 赔钱, 赔付, 补偿,
        假一赔三, 假一赔十, 退一赔三, 索赔
        """
    ),
    "visit": phrases_of(
        """
        send a technician, send someone, send somebody, send an engineer, send a repairman,
        come and look, come and see, site visit, home visit, home service, 上门, 派人, 派师傅,
        上门处理, 上门检查, 上门维修, 上门服务, 上门看, 现场处理
        """
    ),
}
