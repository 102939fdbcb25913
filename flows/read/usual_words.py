"""Lists words that are usual in names of people and places and in forms, to choose between two readings."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from flows.read.legacy_fonts import WORD

# Family names, middle names and given names of the peoples of the province, words in names of places, and
# words of forms and of every day. Only words with accents: plain letters are the same in every encoding.
_WORDS = """
á ái ánh ân âu ẩn ấm ấn bà bàn bành bản bảng bảo bảy bá bách báo bạch băng bằng bắc bậc bè bèn bé bên bền bế
bệnh biên biểu biết bình bích bính bị bò bồng bổn bố bốn bộ bội bùi bút bường bưởi cả cảm cảnh cá các cáo
cáp cát cạnh cây cầm cần cầu cẩm cẩn cấn cấp cận chánh cháu chắt châu chầu chẩn chấn chất chập chè chế chết
chiên chiều chiểu chiến chiếu chì chỉ chỉnh chí chín chính choàng chó chót chôn chồng chờn chuẩn chuyển chủ
chú chúa chúc chút chưa chương chưởng chữ chữa chứ chức chứng cò còn còng có cóc cô công cổ cộng cơ cuối cù
cùng củ của cũ cũng cúc cụ cục cương cường cừ cửu cự dài dã dân dâu dần dậu diêm diễm diễn diến diệm diệp
diệu dịch dịu doãn dòng dông dợ duẩn duật duệ duyên duyệt dù dũng dục dụng dư dương dưỡng dưới dự đa đan
đang đà đàm đàn đào đản đảng đảo đã đá đáng đại đạo đạt đăng đắc đắk đặng đặt đây đầu đấu đậu đê đêm đề đều
để đến đệ đi điềm điền điều điển điểu điện điệp đinh đình đĩnh đích đính địa định đoan đoàn đoái đoán đó đôi
đôn đông đồ đồi đồng đổi đỗ độ đội động đơn đời đới đợi đợt đủ đúng đương đường được đượm đức đứng đứt êm gà
gái gắng gần gấm giàng giải giảng giã giá giác giáo giáp giấy giỏi giống giờ giới giữ giữa gì gọi hà hài hàn
hàng hành hào hải hảo hãi hái hán háo hạ hạc hạn hạnh hạo hăng hằng hân hầu hậu hẹp hết hệ hiên hiền hiểm
hiển hiểu hiến hiếu hiện hiệp hiệu hình hoà hoài hoàn hoàng hoãn hoá hoán hoạch hoạt hòa hỏa hỏi hỏng hóa họ
học hôm hôn hồ hồi hồng hổ hối hộ hội hơn hớn hợi hợp huân huấn huề huế huệ huyền huyến huyện huỳnh huỷ hùng
húa hưng hương hường hưởng hướng hử hữu hứa hứng hựu ích ín ít kế kết kệ khả khải khái khám kháng khánh khắc
khâm khẩn khê khiêm khiển khiết khiếu khoản khóc khô khôi không khổng khơ khởi khuất khuê khuyên khuyến
khuyết khúc khương khườm kiên kiền kiều kiểm kiếm kiến kiệm kiệt kỉnh kính kỳ kỷ kỹ ký kỵ là lài làm làng
lành lào lã lãi lãm lãnh lão lánh lạc lại lạng lăng lắm lắp lặc lâm lân lâu lần lầu lập lê lên lễ lế lệ liêm
liên liễn liễu liệt liệu lĩnh lĩu lịnh loại lò lòng lô lỗ lối lộ lộc lời lớn lớp lợi lợn luân luận luật
luyến luyện lũng lúa lụa lục lụt lương lường lưỡng lượng lượt lưu lữ lự lực lựu lý mà mã mãi mãnh mão mạ mạc
mại mạng mạnh mặt mẫn mẫu mất mận mật mậu mẽ mét mẹ mế mến miên miễn miến miện mì mỉnh mía mị mịch mò mọi mô
môn mông mồng mỗi mộc mộng một mơ mỡ mới muốn muội muộn mùa mùi mú múi mục mười mường mượt mưu mừng mức mỹ
mỵ nào này nảy nám năm năng nắng nậm nên nền nến nết nếu ngà ngàn ngành ngày ngãi ngạn ngắn ngân ngần ngẫu
nghèo nghê nghề nghiêm nghiệp nghìn nghĩa nghị ngoài ngoạn ngò ngỏ ngọ ngọc ngô ngồi ngộ ngời ngợi nguyên
nguyễn nguyện nguyệt ngũ người ngừng ngự nhà nhài nhàn nhã nhãn nhá nhánh nhạc nhạn nhâm nhân nhẫn nhất nhận
nhật nhé nhiên nhiều nhiệm nhiệt nhì nhị nhỏ nhơn nhờ nhớ nhuần nhuận nhuệ như nhường nhượng nhữ những niên
niềm niệm nịnh nói nọi nô nông nội nộp nở nợ nuôi núi nụ nương nước nửa nữ nữa oánh oẳn óc ôn ông ồn ổn ốc
ơn ở pản páo phà phàng phả phải phản phái phán phạm phân phần phẩm phấn phận phật phí phòng phó phóng phông
phổ phố phới phùng phú phúc phút phụ phục phụng phương phường phước phượng phức pó pún pượn quàng quả quản
quảng quá quách quân quất quận quét quế quí quốc quyên quyền quyển quyến quyết quyện quỳ quỳnh quý rác rạng
răng rất rể rồi rồng rộng rỡ ruộng rừng rực sàng sản sách sáng sáo sáu sạch sẵn sắc sắn sặt sâm sầm sẽ sỉ sĩ
sòng sỏi sóng sô sồi sổ số sống sơ sơn sở sớm suối suốt sùng sương sử sửa sứ sứng sự sỹ tài tả tản tảo tá
tác tám tạ tại tạm tạo tăng tằng tặng tâm tân tầm tần tầng tấm tấn tất tận tập tật té tên tề tế thà thành
thào thải thảnh thảo thái tháng tháo thạc thạch thạnh thăng thắm thắng thân thần thẩm thấm thấp thất thấy
thậm thận thập thật thèm thẻ thêm thêu thềm thể thế thiêm thiên thiều thiểm thiếp thiết thiếu thiện thiệp
thiệt thiệu thì thìn thỉnh thích thị thịnh thoả thoán thoáng thoại thỏa thọ thô thôi thôn thông thổ thống
thơ thơi thơm thời thới thợ thuần thuấn thuận thuật thuế thuốc thuyên thuyền thuyết thuỳ thuỷ thuý thùy thủ
thủy thú thúy thụ thục thư thưa thương thường thưởng thước thược thượng thừa thử thứ thức thực tiêm tiên
tiêu tiềm tiền tiển tiến tiếng tiếp tiết tiếu tiệp tình tỉ tỉnh tĩnh tích tín tính tịch tịnh toàn toản toá
toán toát toại tỏ tóc tô tôi tôn tổ tổng tố tối tốn tống tốt tộ tộc tơ tới trà tràng trả trãi trác tráng
trại trạm trạng trăm trắng trâm trân trâu trầm trần trấn trẻ trên triêm triều triển triết triệu trì trình
trí trị trịnh trò tròn tròng trọng trôi trông trợ truyền trùng trú trúc trụ trưa trưng trương trường trưởng
trước trượng trữ trứ trực tuân tuần tuấn tuất tuế tuệ tuổi tuyên tuyền tuyển tuyến tuyết tuỳ tuý tù tùng tùy
tú túc túy tụ tục tư tươi tường tưởng tước tướng tượng từ từng tửu tứ tự tựu tỷ tý tỵ uẩn uyên uỷ uý ủy út
úy ưng ước ưu ứng và vài vàn vàng vào vãn vá vạn văn vắng vân vẫn vấn vận vẻ vẹn về vệ viên viễn viết việc
viện việt vì vĩ vĩnh ví vị vịnh vịt vòng vỏ võ vọng vô với vợ vùng vũ vụ vương vườn vượng vừ vừa vững vựng
vỹ vỵ xã xá xâm xấu xế xoàn xóm xồng xuân xuất xuống xuyên xuyến xưởng xướng xử xứng yên yểu yến yết yếu ỷ ý
"""


@lru_cache(maxsize=1)
def _list() -> frozenset[str]:
    return frozenset(unicodedata.normalize("NFC", word.lower()) for word in _WORDS.split())


@lru_cache(maxsize=65536)
def is_usual(text: str) -> bool:
    """Whether all words of a text that have accents are usual."""
    plain = unicodedata.normalize("NFC", text.lower()).replace("\u00f0", "đ")
    return all(word.isascii() or word in _list() for word in WORD.findall(plain))
