"""Declares the faults to plant in the telecom operators' records."""

from flows.sample.planted.plan import Plan, SameKey, change, has, lacks

HA_TANG_VIEN_THONG: Plan = (
    change("thon.thieu", thon=None),
    change("thon.ngoai_danh_muc", thon="Thôn Quyết Thắng"),
    change("thon.khong_ro", thon="Thôn Tân Lập"),
    change("tram_bts.khong_doc_duoc", tram_bts="hai"),
    change("tram_bts.ngoai_khoang", tram_bts=120),
    change("phu_4g.khong_doc_duoc", phu_4g="chập chờn", where=lacks("phu_5g")),
    change("phu_5g.thieu", phu_5g=None, where=lacks("phu_5g")),
    change("phu_5g.khong_co_4g", phu_5g=True, where=lacks("phu_4g")),
    change("ho_cap_quang.khong_doc_duoc", ho_cap_quang="12,5"),
    change("toc_do.khong_doc_duoc", toc_do="nhanh", where=has("toc_do")),
    change("toc_do.ngoai_khoang", toc_do=-3.5, where=has("toc_do")),
    SameKey(),
)
