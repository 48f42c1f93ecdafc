"""Made-up guides and requests for them, as many as a benchmark needs; the same numbers give the same words.

A guide is a place, a trade and a matter, each combination once, in the sentences a real guide has. All of them share
their words with thousands of others, as the guides of a country's counties do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST = "安宝北昌长成楚川大德东丰富高广桂海汉和衡红湖华怀淮惠嘉江金晋景靖九开兰乐临龙泸洛梅绵南宁平青清泉仁荣瑞三沙"
_SECOND = "安昌城川德都丰福港关河湖华化济江津口林陵岭流门明南宁平桥泉沙山石顺水台塘田亭湾溪西乡阳义源云远州"
_KINDS = ("区", "县", "市", "镇", "新区", "开发区")
_TRADES = _words(
    "火锅店 面馆 奶茶店 烘焙坊 早餐店 烧烤店 快餐店 酒楼 农家乐 民宿 宾馆 青年旅舍 便利店 水果店 生鲜超市 茶叶店 "
    "烟酒行 药房 诊所 牙科门诊 中医馆 养老院 日间照料中心 托育园 幼儿园 琴行 画室 书店 文具店 打印店 广告公司 装修公司 "
    "家具厂 五金店 建材店 洗车行 汽修厂 驾校 网约车公司 货运站 快递网点 仓储公司 冷库 养猪场 养鸡场 鱼塘 果园 "
    "农机合作社 种子店 农药店 兽药店 宠物店 美发店 美容院 浴室 足浴店 健身房 游泳馆 台球厅 影院 网吧 歌厅 剧本杀馆 "
    "密室逃脱 棋牌室 旅行社 会计公司 律师事务所 劳务公司 保安公司 保洁公司 婚介所 月子中心 殡葬服务站 花店 摄影馆 "
    "服装厂 洗衣店 印刷厂 砖厂 采石场 加油站 充电站 废品回收站 酒厂 豆腐坊 饮用水厂 电商公司 直播基地 软件公司 检测机构"
)
_MATTERS = _words(
    "开业 营业执照变更 经营许可延续 卫生许可 消防检查 户外招牌设置 排水许可 环评备案 场地搬迁 法定代表人变更 名称变更 "
    "注销 歇业备案 员工参保 稳岗补贴申领 创业担保贷款 首次用电报装 燃气接入 临时占道 夜间施工 油烟净化备案 "
    "食品抽检复检 预付卡备案 特种设备登记 广告发布登记 税务清算 发票增额 信用修复 残疾人就业补贴 高新技术认定 出口备案 "
    "绿化迁移 食品小作坊登记 二次供水许可 放射诊疗许可 从业人员体检 价格公示备案 安全评估 闲置厂房改造 联合验收"
)
_DEPARTMENTS = _words(
    "市场监管 卫健 消防 城市管理 生态环境 人力社保 税务 公安 文化旅游 农业农村 住房建设 交通运输 商务 民政"
)
_PAPERS = _words(
    "身份证 营业执照 租赁合同 产权证明 平面图 承诺书 授权委托书 健康证 法人证明 公司章程 股东会决议 检测报告 体检表 "
    "消防图纸 设备清单 制度文本 从业证书 照片 银行开户证明 完税证明"
)
_ACTS = ("办", "办理", "申请", "申办", "弄", "搞")
_OPENINGS = ("", "", "", "你好,", "请问一下", "我想问下", "那个,", "麻烦问一下,", "帮我看看", "咨询一下,")
_ENDINGS = ("", "", "", "怎么弄", "要什么材料", "去哪个窗口", "需要多久", "要交哪些东西", "流程是啥", "可以网上办吗")
_TYPED = "的了是在有我不人这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里"

_PLACES = len(_FIRST) * len(_SECOND)
#: So many different guides there are.
MOST = _PLACES * len(_TRADES) * len(_MATTERS)
#: Has no divisor in common with MOST, so every number up to it gets another guide, and neighbours little in common.
_STEP = 1_000_003


class Guides(Mapping[str, Sequence[str]]):
    """So many guides, id → name, say, two other wordings and a summary, made when they are asked for, kept nowhere."""

    def __init__(self, size: int, seed: int = 0):
        if size > MOST:
            raise ValueError(f"There are no more than {MOST} different guides, not {size}")
        self.size, self.seed = size, seed

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[str]:
        return (f"g{number}" for number in range(self.size))

    def __getitem__(self, name: str) -> Sequence[str]:
        number = int(name[1:])
        place, trade, matter = words_of(number, self.seed)
        random = Random(self.seed * MOST + number)
        lead, other = random.sample(_DEPARTMENTS, 2)
        papers = "、".join(random.sample(_PAPERS, 3))
        return (
            f"{place}{trade}{matter}一件事",
            f"我要{random.choice(_ACTS)}{trade}{matter}",
            f"{place}{trade}怎么{random.choice(_ACTS)}{matter}",
            f"{trade}在{place}{random.choice(_ACTS)}{matter}",
            f"{place}的{trade}{matter},由{lead}部门牵头、{other}部门配合,"
            f"凭{papers}一次申请,{random.randint(1, 30)}个工作日办结。",
        )


def words_of(number: int, seed: int = 0) -> tuple[str, str, str]:
    """A guide's place, trade and matter."""
    left = (number * _STEP + seed) % MOST
    left, trade = divmod(left, len(_TRADES))
    place, matter = divmod(left, len(_MATTERS))
    first, second = divmod(place, len(_SECOND))
    return (
        _FIRST[first] + _SECOND[second] + _KINDS[place % len(_KINDS)],
        _TRADES[trade],
        _MATTERS[matter],
    )


def requests(guides: Guides, count: int) -> Iterator[tuple[str, str]]:
    """Requests, each with the id of the guide it is for: its words in another order, with fillers; every fifth without
    the kind of place (区, 县), every third with a wrong or missing character instead."""
    random = Random(f"requests {guides.seed} {guides.size}")
    for _ in range(count):
        number = random.randrange(guides.size)
        place, trade, matter = words_of(number, guides.seed)
        slip = random.random()
        if slip < 0.2:
            place = place[:2]
        parts = [place, trade, random.choice(("", *_ACTS)) + matter]
        if random.random() < 0.4:
            random.shuffle(parts)
        text = random.choice(("", "的", "")).join(parts)
        if slip > 0.67:
            at = random.randrange(len(text))
            text = text[:at] + random.choice(("", random.choice(_TYPED))) + text[at + 1 :]
        yield f"g{number}", random.choice(_OPENINGS) + text + random.choice(_ENDINGS)
