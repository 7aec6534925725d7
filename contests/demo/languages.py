"""
The languages in a synthetic contest. Each has words from which names, titles and quotes are made.

A name or title from these words contains a word for "sample" and a number, so that nobody takes it for a real person or
a real work. Each sentence says that it is made up.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tongue:
    """
    A language: its BCP 47 tag, the ISO 3166 codes of the countries whose people get names in this language, and its
    words. A name is made of one of `samples` and one of `things`; `latin` has both in Latin letters, in the same order.
    `titles` are patterns with the placeholders `{phrase}` and `{n}`.
    """

    tag: str
    countries: tuple[str, ...]
    samples: tuple[str, ...]
    things: tuple[str, ...]
    team: str
    titles: tuple[str, ...]
    phrases: tuple[str, ...]
    sentences: tuple[str, ...]
    latin: tuple[tuple[str, ...], tuple[str, ...]] | None = None


_HOW = (
    "Another",
    "Borrowed",
    "Half a",
    "Indoor",
    "Late",
    "Paper",
    "Patient",
    "Rehearsed",
    "Seven Kinds of",
    "Slow",
    "The Last",
    "The Other",
    "Unsent",
    "What Became of the",
)
_WHAT = (
    "Bridge",
    "Errand",
    "Harbour",
    "Lamp",
    "Light",
    "Map",
    "Orchard",
    "Quiet",
    "Rain",
    "Room",
    "Tuesday",
    "Weather",
    "Window",
)
ENGLISH = Tongue(
    tag="en",
    countries=("US", "GB", "AU", "CA", "NZ", "IE", "NG", "ZA", "KE", "GH", "PH"),
    samples=("Specimen", "Placeholder", "Sample", "Example", "Stand-in"),
    things=("Larch", "Heron", "Quartz", "Tidewater", "Lantern", "Juniper", "Drizzle", "Cobble", "Plum", "Harbour"),
    team="{name} Studio",
    titles=("Specimen {n}: {phrase}", "{phrase} (sample {n})", "Placeholder No. {n}", "A Film to Fill Place {n}"),
    phrases=tuple(f"{how} {what}" for how in _HOW for what in _WHAT),
    sentences=(
        "Made up.",
        "A made-up sentence about light, for testing the page.",
        "Nobody said this; it is here so that the page has words to set.",
        "These words were put together by a program, which has never stood on a stage.",
        "Please imagine a remark of some depth, and about this length.",
    ),
)

TONGUES = (
    ENGLISH,
    Tongue(
        tag="zh-Hans",
        countries=("CN", "SG", "TW", "HK"),
        samples=("样本", "示例", "范例"),
        things=("竹", "云", "霜", "灯", "河", "梧桐"),
        latin=(("Yangben", "Shili", "Fanli"), ("Zhu", "Yun", "Shuang", "Deng", "He", "Wutong")),
        team="{name}工作室",
        titles=("样本{n}：{phrase}", "{phrase}（示例{n}）"),
        phrases=("迟到的光", "室内的天气", "犹豫的桥", "七种安静", "抽屉里的雪", "彩排的雨"),
        sentences=("这是一句为测试页面而编造的话。", "没有人说过这句话，它只是用来占位。", "编造的。"),
    ),
    Tongue(
        tag="ja",
        countries=("JP",),
        samples=("見本", "仮名", "例題"),
        things=("柳", "霧", "灯", "川", "雪", "石畳"),
        latin=(("Mihon", "Kamei", "Reidai"), ("Yanagi", "Kiri", "Akari", "Kawa", "Yuki", "Ishidatami")),
        team="{name}工房",
        titles=("見本{n}「{phrase}」", "{phrase}（見本{n}）"),
        phrases=("遅れてくる光", "迷う橋", "七つの静けさ", "引き出しの雪", "雨のリハーサル", "部屋の中の天気"),
        sentences=("これはページを試すために作られた文です。", "誰もこう言っていません。場所を埋めるための言葉です。"),
    ),
    Tongue(
        tag="ko",
        countries=("KR",),
        samples=("예시", "견본", "보기"),
        things=("솔", "안개", "강물", "첫눈", "조약돌"),
        latin=(("Yesi", "Gyeonbon", "Bogi"), ("Sol", "Angae", "Gangmul", "Cheonnun", "Joyakdol")),
        team="{name} 공방",
        titles=("견본 {n}: {phrase}", "{phrase} (예시 {n})"),
        phrases=("늦게 오는 빛", "망설이는 다리", "일곱 가지 고요", "서랍 속의 눈", "비의 연습"),
        sentences=("페이지를 시험하려고 지어낸 문장입니다.", "아무도 이 말을 하지 않았습니다. 자리를 채울 뿐입니다."),
    ),
    Tongue(
        tag="pl",
        countries=("PL",),
        samples=("Przykład", "Wzór", "Próbka", "Okaz"),
        things=("Jarzębina", "Żółw", "Źdźbło", "Mgła", "Świetlik", "Łąka"),
        team="Studio {name}",
        titles=("Przykład {n}: {phrase}", "{phrase} (wzór {n})"),
        phrases=(
            "Źródło nad ranem",
            "Gęś, która milczała",
            "Cień żółtej łodzi",
            "Śnieg w szufladzie",
            "Siedem rodzajów ciszy",
        ),
        sentences=(
            "Zdanie zmyślone, żeby sprawdzić stronę.",
            "Nikt tego nie powiedział; te słowa trzymają tylko miejsce.",
        ),
    ),
    Tongue(
        tag="tr",
        countries=("TR",),
        samples=("Örnek", "Numune", "Taslak"),
        things=("Çınar", "Yağmur", "Gümüş", "Sığırcık", "Kırağı"),
        team="{name} Atölyesi",
        titles=("Örnek {n}: {phrase}", "{phrase} (numune {n})"),
        phrases=("Işığın Ağırlığı", "Göğün Öbür Yüzü", "Üç Şişe Gölge", "Çekmecedeki Kar"),
        sentences=(
            "Sayfayı denemek için uydurulmuş bir cümle.",
            "Bunu kimse söylemedi; yalnızca sayfa dolsun diye burada.",
        ),
    ),
    Tongue(
        tag="vi",
        countries=("VN",),
        samples=("Ví Dụ", "Bản Mẫu", "Bản Thử"),
        things=("Trăng", "Sương", "Tre", "Mưa", "Gió", "Sông"),
        team="Xưởng {name}",
        titles=("Ví dụ {n}: {phrase}", "{phrase} (bản mẫu {n})"),
        phrases=("Ánh sáng chậm", "Cơn mưa được tập dượt", "Cây cầu ngập ngừng", "Bảy kiểu im lặng"),
        sentences=("Một câu bịa ra để thử trang này.", "Không ai nói câu này; nó ở đây để lấp chỗ trống."),
    ),
    Tongue(
        tag="es",
        countries=("ES", "MX", "AR", "CO", "CL", "PE"),
        samples=("Ejemplo", "Muestra", "Borrador"),
        things=("Ciprés", "Niebla", "Marea", "Cuarzo", "Ñandú"),
        team="Taller {name}",
        titles=("Muestra {n}: {phrase}", "{phrase} (ejemplo {n})"),
        phrases=("La luz que llega tarde", "El puente indeciso", "Siete maneras de callar", "Un año sin otoño"),
        sentences=(
            "Una frase inventada para probar la página.",
            "Nadie ha dicho esto; está aquí para ocupar su sitio.",
        ),
    ),
    Tongue(
        tag="fr",
        countries=("FR", "BE", "SN", "CI"),
        samples=("Exemple", "Spécimen", "Modèle"),
        things=("Mélèze", "Brume", "Quartz", "Hêtre", "Ondée"),
        team="Atelier {name}",
        titles=("Spécimen {n} : {phrase}", "{phrase} (exemple {n})"),
        phrases=("La lumière en retard", "Un pont qui hésite", "Sept façons de se taire", "L’été à l’intérieur"),
        sentences=("Une phrase inventée pour essayer la page.", "Personne n’a dit cela ; ces mots gardent la place."),
    ),
    Tongue(
        tag="de",
        countries=("DE", "AT", "CH"),
        samples=("Muster", "Probe", "Beispiel"),
        things=("Lärche", "Nebel", "Uferkiesel", "Dämmerung", "Möwe"),
        team="Werkstatt {name}",
        titles=("Muster {n}: {phrase}", "{phrase} (Beispiel {n})"),
        phrases=("Das langsame Licht", "Straße ohne Ecken", "Sieben Arten Stille", "Schubladenschneegestöber"),
        sentences=(
            "Ein erfundener Satz, um die Seite zu prüfen.",
            "Das hat niemand gesagt; es hält nur den Platz frei.",
        ),
    ),
    Tongue(
        tag="pt",
        countries=("BR", "PT", "AO"),
        samples=("Exemplo", "Amostra"),
        things=("Cipreste", "Neblina", "Maré", "Sabiá", "Romã"),
        team="Oficina {name}",
        titles=("Amostra {n}: {phrase}", "{phrase} (exemplo {n})"),
        phrases=("A luz atrasada", "A ponte indecisa", "Sete silêncios", "Neve na gaveta"),
        sentences=(
            "Uma frase inventada para testar a página.",
            "Ninguém disse isto; está aqui só para ocupar o lugar.",
        ),
    ),
    Tongue(
        tag="ar",
        countries=("EG", "MA", "AE", "SA", "TN", "JO"),
        samples=("مثال", "عيّنة", "نموذج"),
        things=("غيمة", "نخلة", "ضباب", "نهر", "ياقوت"),
        latin=(("Mithal", "Ayyina", "Namudhaj"), ("Ghayma", "Nakhla", "Dabab", "Nahr", "Yaqut")),
        team="ورشة {name}",
        titles=("مثال {n}: {phrase}", "{phrase} (عيّنة {n})"),
        phrases=("الضوء المتأخر", "الجسر المتردد", "سبعة أنواع من الصمت", "ثلج في الدرج"),
        sentences=("جملة مختلقة لاختبار الصفحة.", "لم يقل أحد هذا الكلام؛ إنه هنا ليملأ المكان."),
    ),
    Tongue(
        tag="he",
        countries=("IL",),
        samples=("דוגמה", "מדגם", "טיוטה"),
        things=("ענן", "ערפל", "נחל", "גביש"),
        team="סדנת {name}",
        titles=("דוגמה {n}: {phrase}", "{phrase} (מדגם {n})"),
        phrases=("האור המאחר", "הגשר ההססן", "שבעה סוגי שקט", "שלג במגירה"),
        sentences=("משפט בדוי, לבדיקת העמוד.", "איש לא אמר זאת; המילים כאן רק כדי למלא מקום."),
    ),
    Tongue(
        tag="ru",
        countries=("KZ", "RU", "KG"),
        samples=("Образец", "Пример", "Макет"),
        things=("Клён", "Туман", "Кварц", "Иней", "Журавль"),
        team="Мастерская {name}",
        titles=("Образец {n}: {phrase}", "{phrase} (пример {n})"),
        phrases=("Опоздавший свет", "Нерешительный мост", "Семь видов тишины", "Снег в ящике стола"),
        sentences=("Выдуманная фраза, чтобы проверить страницу.", "Этого никто не говорил; слова лишь занимают место."),
    ),
    Tongue(
        tag="el",
        countries=("GR", "CY"),
        samples=("Δείγμα", "Παράδειγμα", "Υπόδειγμα"),
        things=("Πεύκο", "Ομίχλη", "Χαλαζίας", "Βότσαλο"),
        team="Εργαστήρι {name}",
        titles=("Δείγμα {n}: {phrase}", "{phrase} (παράδειγμα {n})"),
        phrases=("Το φως που άργησε", "Η διστακτική γέφυρα", "Επτά είδη σιωπής"),
        sentences=(
            "Μια επινοημένη φράση, για να δοκιμαστεί η σελίδα.",
            "Κανείς δεν το είπε αυτό· είναι εδώ για να γεμίσει ο χώρος.",
        ),
    ),
    Tongue(
        tag="hi",
        countries=("IN", "NP"),
        samples=("उदाहरण", "नमूना", "प्रारूप"),
        things=("बादल", "कोहरा", "नदी", "चंदन", "दीपक"),
        team="{name} कार्यशाला",
        titles=("उदाहरण {n}: {phrase}", "{phrase} (नमूना {n})"),
        phrases=("देर से आई रोशनी", "हिचकता पुल", "सात तरह की ख़ामोशी", "दराज़ में बर्फ़"),
        sentences=("पृष्ठ की जाँच के लिए गढ़ा गया एक वाक्य।", "यह किसी ने नहीं कहा; यह केवल जगह भरने के लिए है।"),
    ),
    Tongue(
        tag="th",
        countries=("TH",),
        samples=("ตัวอย่าง", "แบบร่าง"),
        things=("เมฆ", "หมอก", "ไผ่", "แม่น้ำ", "กรวด"),
        team="เวิร์กช็อป {name}",
        titles=("ตัวอย่างที่ {n}: {phrase}", "{phrase} (ตัวอย่างที่ {n})"),
        phrases=("แสงที่มาสาย", "สะพานลังเล", "ความเงียบเจ็ดแบบ", "หิมะในลิ้นชัก"),
        sentences=("ประโยคที่แต่งขึ้นเพื่อทดสอบหน้านี้", "ไม่มีใครพูดประโยคนี้ มันอยู่ตรงนี้เพื่อเติมที่ว่าง"),
    ),
    Tongue(
        tag="am",
        countries=("ET",),
        samples=("ምሳሌ", "ናሙና"),
        things=("ደመና", "ጭጋግ", "ወንዝ", "ጠጠር"),
        team="{name} ዎርክሾፕ",
        titles=("ምሳሌ {n}፦ {phrase}", "{phrase} (ናሙና {n})"),
        phrases=("የዘገየ ብርሃን", "የሚያመነታ ድልድይ", "ሰባት ዓይነት ጸጥታ"),
        sentences=("ገጹን ለመፈተን የተፈጠረ ዓረፍተ ነገር።", "ይህን ማንም አልተናገረውም፤ ቦታ ለመሙላት ብቻ ነው።"),
    ),
)

_BY_COUNTRY = {country: tongue for tongue in TONGUES for country in tongue.countries}


def tongue_of(country: str) -> Tongue:
    """Return the language for synthetic people from `country` (an ISO 3166 code). The default is English."""
    return _BY_COUNTRY.get(country, ENGLISH)
