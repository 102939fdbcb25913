"""Declares the faults of whole files and submissions: meaning, consequence, how to fix them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.contract import USUAL_DUE


@dataclass(frozen=True, slots=True)
class WholeFault:
    """A fault of a whole file or submission, not of a cell; all texts are for clerks.

    `free_text`: its value is what somebody wrote in his own words, and may tell anything of anybody.
    """

    says: str
    why: str
    mend: str
    good: str
    bad: str
    free_text: bool = False


_LOST = "Cả tệp không dùng được: đơn vị coi như chưa nộp cho đến khi có tệp khác."
_DUE = f"{USUAL_DUE} ngày làm việc sau khi hết kỳ, nếu biểu mẫu không hẹn khác"
_TABLE_LOST = "Bảng này không được nhận; các bảng khác trong tệp vẫn được nhận."

WHOLE_FAULTS: Mapping[str, WholeFault] = {
    "tep.khong_mo_duoc": WholeFault(
        "Tệp không mở được.",
        _LOST,
        "Mở tệp bằng Excel, lưu lại dạng .xlsx rồi nộp.",
        "bao_cao.xlsx",
        "Tệp gửi dở",
    ),
    "tep.mat_khau": WholeFault(
        "Tệp đặt mật khẩu.",
        _LOST,
        "Bỏ mật khẩu của tệp rồi nộp lại.",
        "Tệp không mật khẩu",
        "Tệp hỏi mật khẩu",
    ),
    "tep.khong_phai_bang_tinh": WholeFault(
        "Tệp là văn bản, ảnh hoặc bản quét, không phải bảng tính.",
        _LOST,
        "Nộp bảng tính gốc, dạng Excel hoặc CSV.",
        "bao_cao.xlsx",
        "bao_cao.pdf",
    ),
    "tep.nguy_hiem": WholeFault(
        "Tệp quá lớn hoặc có nội dung không an toàn.",
        _LOST,
        "Chép phần bảng sang tệp mới rồi nộp tệp đó.",
        "Tệp vừa phải, chỉ có bảng số liệu",
        "Tệp nén, mở ra lớn gấp hàng nghìn lần",
    ),
    "tep.khong_ro_bo_du_lieu": WholeFault(
        "Không nhận ra biểu mẫu nào trong tệp.",
        _LOST,
        "Dùng biểu mẫu của xã (lệnh template), giữ nguyên dòng đầu cột.",
        "Bảng có đủ đầu cột của biểu mẫu",
        "Lịch trực cơ quan",
    ),
    "tep.sai_don_vi": WholeFault(
        "Bảng do đơn vị khác phải nộp.",
        "Số liệu của đơn vị nào do đơn vị đó chịu trách nhiệm.",
        "Chuyển tệp cho đúng đơn vị nộp.",
        "Thôn nộp bảng hộ gia đình",
        "Thôn nộp danh sách dân cư",
    ),
    "tep.khac_don_vi": WholeFault(
        "Tiêu đề, tên tệp, dòng nhóm, mẫu đã in hoặc chính các bản ghi chỉ ra một đơn vị khác với thư mục.",
        "Không biết số liệu là của ai nên chưa tính cho đơn vị nào.",
        "Chuyển tệp sang đúng thư mục, hoặc sửa tiêu đề và tên tệp cho khớp rồi nộp lại; hoặc nhờ người"
        " quản trị xác nhận là của ai (`dulieuxa accept --unit`).",
        "Tệp của Thôn Tiến Thành trong thư mục T47",
        "Tệp của Thôn Tiến Thành trong thư mục T07",
    ),
    "tep.don_vi_la": WholeFault(
        "Đơn vị tính không quy đổi được, hoặc hai chỗ trong bảng ghi hai đơn vị tính khác nhau.",
        "Không biết số liệu lớn hay nhỏ hơn bao nhiêu lần, nên chưa tính.",
        "Đổi số liệu sang đơn vị tính của biểu mẫu, ghi một đơn vị tính ở đầu cột, rồi nộp lại.",
        "Rác phát sinh (tấn)",
        "Đơn vị tính: m3",
    ),
    "tep.khong_ro_ky": WholeFault(
        "Không rõ kỳ báo cáo.",
        _TABLE_LOST,
        "Ghi kỳ ở tiêu đề, một kỳ mỗi bảng; kỳ phải đã bắt đầu và nằm trong kế hoạch.",
        "Tháng 11 năm 2026",
        "Tháng 10 và tháng 11 năm 2026",
    ),
    "tep.khac_ky": WholeFault(
        "Tiêu đề, tên trang tính, tên tệp, dòng nhóm và ngày của các bản ghi chỉ ra những kỳ khác nhau,"
        " hoặc nói rằng số liệu là lũy kế, của một tuần hay theo kế hoạch.",
        _TABLE_LOST,
        "Chỉ nộp số thực hiện của riêng kỳ này, sửa cho khớp rồi nộp lại; hoặc nhờ người quản trị xác nhận"
        " kỳ (`dulieuxa accept --period`).",
        "Tiêu đề và tên tệp cùng ghi tháng 11/2026, các ngày nằm trong kỳ đó",
        "Tiêu đề ghi tháng 10, tên tệp ghi tháng 11",
    ),
    "tep.ngoai_bao_cao": WholeFault(
        "Dòng nhóm, dòng tổng, tiêu đề, tên trang tính hay tên tệp nói rằng các bản ghi không phải số liệu"
        " của báo cáo: chỉ tiêu được giao, đã chuyển đi, đã ngừng, ngoài xã, bị từ chối, không tính, ví dụ,"
        " bản nháp, bản cũ.",
        "Các bản ghi ở phần đó chưa được tính. Nếu chỉ tiêu đề hay tên tệp nói, hoặc tệp chỉ có trang đó, thì"
        " vẫn tính.",
        "Nếu phải tính thì sửa dòng hoặc tên đó; nếu không thì xóa phần đó; rồi nộp lại.",
        "I. Hộ thường trú",
        "II. Hộ đã chuyển đi",
        free_text=True,
    ),
    "tep.ghi_chu": WholeFault(
        "Ghi chú cạnh bản ghi, giữa hay dưới bảng làm đổi nghĩa của số liệu: đã chuyển đi, trùng, phải sửa,"
        " của kỳ khác, đơn vị tính khác, tính chung; hoặc là bản ghi viết thành câu.",
        "Ghi chú không được tính: các bản ghi vẫn được tính như trong bảng.",
        "Sửa ngay trong bảng, hoặc xóa dòng nếu không phải số liệu của báo cáo; rồi nộp lại.",
        "Hộ nghèo",
        "Đã chuyển đi tháng 10",
        free_text=True,
    ),
    "tep.chua_chinh_thuc": WholeFault(
        "Tiêu đề, tên trang tính, tên tệp hay ghi chú nói rằng số liệu là ước tính, dự thảo, chưa chính"
        " thức.",
        "Số liệu vẫn được tính, nhưng có thể còn thay đổi.",
        "Khi có số chính thức thì nộp lại; nếu đã chính thức thì bỏ các chữ đó.",
        "Báo cáo tháng 11 năm 2026",
        "Dự thảo báo cáo tháng 11 năm 2026",
    ),
    "tep.ky_trong": WholeFault(
        "Tệp có chỗ cho nhiều kỳ, phần của một kỳ để trống.",
        "Kỳ để trống chưa được tính là đã nộp; các kỳ khác vẫn được nhận.",
        "Nếu kỳ đó có số liệu thì nhập vào rồi nộp lại; nếu chưa đến kỳ thì không phải làm gì.",
        "Mỗi kỳ đến hạn đều có số liệu",
        "Trang “Tháng 12.2026” chỉ có dòng đầu cột",
    ),
    "tep.thieu_nhieu_dong": WholeFault(
        "Tệp thiếu từ một nửa bản ghi của lần nộp mà nó thay, hoặc báo “Không phát sinh” thay cho chúng.",
        "Các bản ghi kia không còn được tính. Có thể tệp chỉ gồm những dòng đã sửa, hoặc chỉ là một phần.",
        "Gộp các phần vào một tệp rồi nộp lại; hoặc nói tệp là gì: ở trang đầu của tệp trả bài, hoặc nhờ"
        " người quản trị xác nhận (`dulieuxa accept --corrections` hay `--whole`).",
        "Nộp lại cả bảng 71 hộ, trong đó đã sửa 3 hộ",
        "Nộp lại chỉ 3 hộ đã sửa",
    ),
    "tep.hoan_tac_sua": WholeFault(
        "Tệp ghi lại những bản ghi như trước khi chúng được sửa.",
        "Số liệu đã sửa bị thay bằng số liệu cũ.",
        "Đưa các dòng đã sửa vào tệp rồi nộp lại; nếu số liệu cũ mới đúng thì không phải làm gì.",
        "Nộp cả bảng, có những dòng đã sửa",
        "Nộp lại bảng cũ sau khi đã nộp các dòng sửa",
    ),
    "tep.ban_cu": WholeFault(
        "Tệp nộp sau có vẻ là bản cũ (theo tên, hay giờ lưu của chính nó), nhưng thay số liệu mới hơn.",
        "Nộp sau thì được tính, nên số liệu mới hơn có thể đã bị thay bằng số liệu cũ.",
        "Nếu tệp trước mới đúng: nộp lại tệp đó dưới tên khác. Nếu tệp sau đúng: nhờ người quản trị xác nhận"
        " (`dulieuxa accept --whole`).",
        "Nộp bản sửa, lưu sau bản đã nộp",
        "Nộp “bao_cao - Copy.xlsx”, lưu trước “bao_cao.xlsx” đã nộp",
    ),
    "tep.sua_ky_cu": WholeFault(
        "Tệp của kỳ sau có cả một kỳ trước, và đổi số liệu đã nộp của kỳ đó.",
        "Số liệu nộp sau được tính. Trang của kỳ trước có thể là bản nháp còn sót lại.",
        "Nếu số liệu đã nộp mới đúng: xóa trang của kỳ trước khỏi tệp, rồi nộp lại tệp của kỳ đó dưới tên"
        " khác. Nếu tệp này đúng: nhờ người quản trị xác nhận (`dulieuxa accept --whole`).",
        "Tệp tháng 11 chỉ có tháng 11",
        "Tệp tháng 11 còn trang tháng 10, số khác với tệp tháng 10 đã nộp",
    ),
    "tep.doi_het": WholeFault(
        "Tệp đổi số liệu của mọi bản ghi, không bản ghi nào giữ nguyên.",
        "Số liệu nộp sau được tính. Có thể tệp là của kỳ khác, đơn vị khác, hoặc lệch cột.",
        "Kiểm tra lại tệp. Nếu tệp trước mới đúng: nộp lại tệp đó dưới tên khác. Nếu tệp này đúng: nhờ người"
        " quản trị xác nhận (`dulieuxa accept --whole`).",
        "Nộp lại 10 hộ, sửa 2 hộ",
        "Nộp lại 10 hộ, cả 10 hộ đều có tên và số khẩu khác",
    ),
    "tep.sua_dong_khong_co": WholeFault(
        "Dòng sửa không sửa bản ghi nào của lần nộp trước.",
        "Không biết sửa bản ghi nào nên dòng đó chưa được tính; các dòng sửa khác vẫn được nhận.",
        "Ghi đúng mã của bản ghi cần sửa; nếu là bản ghi mới thì nộp cả bảng.",
        "Dòng sửa của hộ H00012, đã có ở lần nộp trước",
        "Dòng sửa của hộ H00112, không có ở lần nộp trước",
    ),
    "tep.ban_ghi_an": WholeFault(
        "Bảng có bản ghi ở dòng ẩn, dòng bị lọc, cột ẩn hoặc trang tính ẩn.",
        "Người xem tệp không thấy các ô đó. Biểu mẫu nói bản ghi ẩn được tính, bị bỏ ra hay phải hỏi lại;"
        " cột ẩn vẫn được đọc.",
        "Bỏ ẩn, bỏ lọc nếu phải tính; xóa các dòng, cột đó nếu không.",
        "Mọi bản ghi đều nhìn thấy",
        "Hai dòng bị bộ lọc ẩn đi",
    ),
    "tep.gach_ngang": WholeFault(
        "Bản ghi hoặc chữ bị gạch ngang.",
        "Chữ gạch vẫn được đọc như chữ khác, nên cái đã bỏ có thể bị tính.",
        "Xóa phần đã bỏ; bỏ gạch ở phần còn dùng.",
        "Ghi “Sóng yếu”",
        "Ghi “Mất sóng” gạch ngang, rồi “Sóng yếu”",
    ),
    "tep.o_tron": WholeFault(
        "Ô trộn qua nhiều bản ghi hoặc nhiều cột.",
        "Ô trộn chỉ có nội dung ở ô đầu; các ô kia là trống.",
        "Bỏ trộn, ghi đủ nội dung vào từng ô.",
        "Ba dòng cùng ghi “Thôn Hạ”",
        "Một ô “Thôn Hạ” trộn qua ba dòng",
    ),
    "tep.khong_co_dong": WholeFault(
        "Bảng không có dòng nào.",
        _TABLE_LOST,
        "Nhập số liệu; nếu kỳ này không có gì và biểu mẫu cho phép thì ghi “Không phát sinh”.",
        "Không phát sinh",
        "Chỉ có dòng đầu cột",
    ),
    "tep.khong_phat_sinh": WholeFault(
        "Bảng ghi “Không phát sinh” nhưng có bản ghi.",
        "Các bản ghi vẫn được tính. Có thể chúng còn sót lại từ kỳ trước.",
        "Bỏ dòng “Không phát sinh” nếu các bản ghi là của kỳ này, nếu không thì xóa chúng; rồi nộp lại.",
        "Không phát sinh",
        "Hai phản ánh, rồi dòng “Không phát sinh”",
    ),
    "tep.thieu_cot": WholeFault(
        "Bảng thiếu cột bắt buộc.",
        _TABLE_LOST,
        "Thêm cột còn thiếu, ghi đầu cột như biểu mẫu. Nếu xã chấp nhận đầu cột khác của đơn vị thì khai một"
        " lần trong tệp “ten_cot.csv” của xã.",
        "Đủ các cột của biểu mẫu",
        "Không có cột “Loại hình”",
    ),
    "tep.cot_la": WholeFault(
        "Bảng có cột không thuộc biểu mẫu.",
        "Cột đó không được dùng; các cột khác vẫn được nhận.",
        "Bỏ cột thừa, hoặc sửa đầu cột như biểu mẫu.",
        "Chỉ có cột của biểu mẫu",
        "Thêm cột “Số tài khoản riêng”",
    ),
    "tep.trung_cot": WholeFault(
        "Hai cột cùng một đầu cột.",
        "Không biết lấy cột nào nên bảng không được nhận.",
        "Bỏ một trong hai cột.",
        "Một cột “Ngày lập hồ sơ”",
        "Hai cột “Ngày lập hồ sơ”",
    ),
    "tep.dong_hong": WholeFault(
        "Một dòng của tệp văn bản bị hỏng, hoặc viết khác các dòng khác.",
        "Dòng không đọc chắc được thì chưa nhận; dòng đọc được vẫn nhận, nhưng cần xem lại.",
        "Sửa dòng đó theo lời nhắc, hoặc xuất lại tệp bằng Excel.",
        '2,21/10/2026,"Mất sóng, yếu",Mới',
        '2,21/10/2026,"Mất sóng,Mới',
    ),
    "tep.dong_lech": WholeFault(
        "Một dòng của tệp văn bản có nhiều hoặc ít ô hơn các dòng khác.",
        "Các ô của dòng đó có thể lệch sang cột bên cạnh: dòng thừa ô chưa được nhận.",
        "Đặt ô có dấu ngăn cột trong dấu ngoặc kép, hoặc lưu lại tệp bằng Excel.",
        '2,21/10/2026,"Mất sóng, yếu",Mới',
        "2,21/10/2026,Mất sóng, yếu,Mới",
    ),
    "tep.dong_sot": WholeFault(
        "Dòng giống bản ghi nhưng nằm ngoài bảng: trên dòng đầu cột, dồn vào một ô, lệch sang bên, hay ở "
        "trang tính không có dòng đầu cột.",
        "Dòng đó chưa được nhận, nên số liệu của bảng còn thiếu.",
        "Đặt mọi bản ghi dưới dòng đầu cột, mỗi giá trị vào đúng cột của nó, rồi nộp lại.",
        "Dòng đầu cột ở trên, các bản ghi ở dưới",
        "Sắp xếp cả bảng nên dòng đầu cột nằm giữa các bản ghi",
    ),
    "tep.dong_vi_du": WholeFault(
        "Dòng ghi là ví dụ hoặc mẫu.",
        "Dòng đó không được tính, vì người điền thường để lại dòng ví dụ của biểu mẫu.",
        "Xóa dòng ví dụ; nếu là bản ghi thật thì ghi số thứ tự thay cho chữ “Ví dụ”.",
        "1, H00001, Bùi Văn Mẫu",
        "Ví dụ, H00001, Bùi Văn Mẫu",
    ),
    "tep.giong_tong": WholeFault(
        "Một bản ghi giống dòng tổng: nó ghi “Tổng cộng”, “Toàn xã”, hoặc bằng đúng tổng các dòng khác.",
        "Dòng đó vẫn được tính như một bản ghi; nếu là dòng tổng thì số liệu bị tính hai lần.",
        "Nếu là dòng tổng thì ghi “Tổng cộng” ở ô đầu, bỏ số thứ tự và để trống các ô chữ, rồi nộp lại.",
        "Tổng cộng, 30, 12",
        "5, Toàn xã, Khác, Phố 1, 30, 12",
    ),
    "tep.doi_cho": WholeFault(
        "Hai ô của một bản ghi như đã đổi chỗ cho nhau, hoặc một cột như đã được sắp xếp riêng.",
        "Bản ghi vẫn được tính như đang ghi; nếu đã đổi chỗ thì số liệu sai.",
        "So lại với bản gốc; khi sắp xếp thì chọn cả bảng. Sửa rồi nộp lại; nếu đúng thì không phải làm gì.",
        "Họ và tên: Lê Thị Mẫu; chức vụ: Trưởng phòng",
        "Họ và tên: Trưởng phòng; chức vụ: Lê Thị Mẫu",
    ),
    "tep.nghi_trung": WholeFault(
        "Hai bản ghi như là một, ghi hai lần dưới mã hay tên viết khác.",
        "Cả hai đang được tính; nếu là một thì số liệu bị tính hai lần.",
        "Bỏ một dòng rồi nộp lại; nếu đúng là hai thì không phải làm gì.",
        "Cửa hàng Mẫu, Thôn Hạ",
        "Cửa hàng Mẫu và CỬA HÀNG MẪU., cùng ở Thôn Hạ",
    ),
    "tep.chep_xuong": WholeFault(
        "Nhiều bản ghi liền nhau có cùng giá trị mà thường mỗi bản ghi một khác.",
        "Các bản ghi vẫn được tính; nếu do kéo ô xuống khi nhập thì số liệu sai.",
        "Kiểm tra các dòng đó, sửa rồi nộp lại; nếu đúng thì không phải làm gì.",
        "Mỗi thôn một số liệu riêng",
        "Năm thôn liền nhau cùng 11 tấn phát sinh, 6 tấn thu gom, 7 kWp",
    ),
    "tep.bang_ma": WholeFault(
        "Không rõ một ô viết bằng Unicode hay bằng phông chữ cũ (“TCVN3”, “VNI”).",
        "Đọc theo cách nào cũng thành tiếng Việt nên không tự đổi: ô được giữ như đang ghi.",
        "Gõ lại ô đó bằng phông Unicode.",
        "Vũ Minh Tú",
        "Vò Minh Tó",
    ),
    "tep.dong_tong_sai": WholeFault(
        "Dòng tổng khác với cộng các dòng.",
        "Có thể thiếu dòng hoặc gõ sai số; các dòng vẫn được nhận.",
        "Kiểm tra lại các dòng và dòng tổng.",
        "5 + 7, tổng 12",
        "5 + 7, tổng 13",
    ),
    "tep.khac_nhom": WholeFault(
        "Bản ghi ghi một thôn, nhưng nằm dưới dòng nhóm của thôn khác.",
        "Bản ghi được tính cho thôn ghi ở chính dòng đó. Có thể dòng nằm nhầm nhóm, hoặc ghi nhầm thôn.",
        "Sửa thôn, hoặc chuyển dòng sang đúng nhóm, rồi nộp lại.",
        "Dưới dòng “Phố 2”: Cửa hàng mẫu, Phố 2",
        "Dưới dòng “Phố 2”: Cửa hàng mẫu, Phố 1",
    ),
    "tep.so_dong_khac": WholeFault(
        "Tiêu đề, dòng tổng hay dòng cuối bảng ghi số lượng khác với số bản ghi đọc được.",
        "Có thể thiếu hay thừa dòng; các dòng vẫn được nhận.",
        "Kiểm tra lại số dòng, sửa cho khớp rồi nộp lại.",
        "Danh sách có 10 hộ, bảng có 10 dòng",
        "Danh sách có 10 hộ, bảng có 5 dòng",
        free_text=True,
    ),
    "tep.stt_thieu": WholeFault(
        "Cột số thứ tự thiếu số ở giữa.",
        "Có thể thiếu dòng, hoặc chỉ chép các dòng đang lọc; các dòng có trong bảng vẫn được nhận.",
        "Nếu thiếu thì thêm đủ các dòng, nếu không thì đánh lại số thứ tự, rồi nộp lại.",
        "1, 2, 3, 4",
        "1, 2, 5, 6",
    ),
    "tep.gio_sai": WholeFault(
        "Giờ ghi trên tệp không thể đúng.",
        "Tệp vẫn được nhận, theo giờ tệp tới. Tệp sai giờ thường do máy soạn tệp sai đồng hồ.",
        "Chỉnh lại ngày giờ của máy.",
        "Tệp ghi ngày 20/11/2026, nhận ngày 24/11/2026",
        "Tệp ghi ngày 01/01/1980",
    ),
    "tep.kho_luu_hong": WholeFault(
        "Nội dung của tệp trong kho lưu bị mất hoặc bị đổi.",
        _LOST,
        "Đơn vị nộp lại tệp này, hoặc người quản trị khôi phục kho lưu từ bản sao lưu.",
        "Nội dung đúng như lúc nhận",
        "Đĩa hỏng làm mất một phần nội dung",
    ),
    "tep.nop_lai_y_het": WholeFault(
        "Tệp giống hệt một tệp đã nộp.",
        "Không tính lại, cũng không thay gì.",
        "Nếu định nộp bản đã sửa, kiểm tra xem có gửi nhầm tệp cũ không.",
        "Tệp có sửa đổi",
        "Đúng tệp hôm trước, tên khác",
    ),
    "giao_nop.chua_co": WholeFault(
        "Quá hạn mà đơn vị chưa nộp.",
        "Thiếu một đơn vị thì chỉ tiêu của cả xã chưa đủ căn cứ.",
        "Nộp ngay; kỳ không có gì thì ghi “Không phát sinh” nếu biểu mẫu cho phép.",
        f"Nộp trong {_DUE}",
        "Hết hạn, không có tệp nào dùng được",
    ),
    "giao_nop.tre_han": WholeFault(
        "Nộp sau hạn.",
        "Số liệu trễ làm báo cáo của xã trễ.",
        f"Kỳ sau nộp trong {_DUE}.",
        "Nộp đúng ngày hạn",
        "Nộp sau hạn 2 ngày",
    ),
    "giao_nop.sao_chep": WholeFault(
        "Số liệu giống hệt kỳ trước, trừ các cột ngày.",
        "Có thể đã chép kỳ trước mà không rà soát.",
        "Rà soát lại; nộp lại nếu có thay đổi.",
        "Có dòng đổi so với kỳ trước",
        "Mọi dòng y như kỳ trước",
    ),
    "giao_nop.it_bat_thuong": WholeFault(
        "Số dòng giảm hơn 30 % so với kỳ trước, hoặc ngoài khoảng thường có.",
        "Có thể thiếu một trang tính hay một phần danh sách.",
        "Kiểm tra xem tệp có đủ dòng không.",
        "100 dòng, kỳ trước 102 dòng",
        "60 dòng, kỳ trước 100 dòng",
    ),
}
