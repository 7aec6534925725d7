"""
A few works in many scripts, and search queries for them. Each query has the same first result on every database.

All works are synthetic, except those of the NextGen contest, which is loaded from its fixture.
"""

from tests import factories as make

FILMS = [
    # For each work: title, language, creator, native name of the creator, logline.
    ("Dreams of Łódź", "en", "Żaneta Wójcik", "", "A weaver’s memories are woven into cloth."),
    ("Été à Orléans", "fr", "Chloé Lefèvre", "", "Deux sœurs retrouvent la rivière de leur enfance."),
    ("L’Œuvre inachevée", "fr", "Noël Garçon", "", "Un peintre efface son tableau chaque soir."),
    ("Straße der Träume", "de", "Jürgen Weiß", "", "Eine Nacht, erzählt von ihren Laternen."),
    ("Smørrebrød", "da", "Søren Ærø", "", "A sandwich learns to fly."),
    ("İstanbul’da Işık", "tr", "Ayşe Yıldız", "", "The light of one morning on the water."),
    ("受賞者の夢", "ja", "Hanako Yamada", "山田花子", "夢の中で賞をもらう話。"),
    ("カメラの庭", "ja", "Taro Suzuki", "鈴木太郎", "An old camera grows flowers."),
    ("プログラムの心", "ja", "Mei Tanaka", "田中芽衣", "ロボットが初めて泣く日。"),
    ("红色的气球", "zh-Hans", "Li Wei", "李伟", "一只气球飞过城市。"),
    ("記憶的河流", "zh-Hant", "Chen Yu", "陳瑜", "河流記得每一個名字。"),
    ("꿈꾸는 로봇", "ko", "Kim Seo-yeon", "김서연", "로봇이 바다를 꿈꾼다."),
    ("서울의 밤", "ko", "Park Min-jun", "박민준", "한 도시의 밤을 걷는다."),
    ("حلم المدينة", "ar", "Alice Mansour", "أليس منصور", "مدينة تحلم بالبحر."),
    ("الذاكرة", "ar", "Omar Haddad", "عُمَر حدّاد", "رجل يبحث عن اسمه."),
    ("Ночной поезд", "ru", "Fyodor Solovyov", "Фёдор Соловьёв", "Последний вагон никогда не останавливается."),
    ("Зимний йод", "ru", "Anna Belova", "Анна Белова", "Море зимой пахнет йодом."),
    ("Η θάλασσα", "el", "Giorgos Nikolaou", "Γιώργος Νικολάου", "Το νησί που ξέχασε τη θάλασσα."),
    ("सपनों का शहर", "hi", "Asha Verma", "आशा वर्मा", "एक शहर जो सोता नहीं।"),
    ("ความฝันสีฟ้า", "th", "Somchai Dee", "สมชาย ดี", "เด็กหญิงตามหาความฝัน"),
    ("🎬 Take Nine", "en", "R&D Collective", "", "A crew repeats one scene until it is true."),
    ("The Beekeeper’s Daughter", "en", "Ada-Lou O’Brien", "", "She hears what the hives remember."),
    ("Robots Don’t Cry", "en", "Studio Nine", "", "Machines that were taught to weep."),
    ("Nine", "en", "Ben Nine", "", "A number looks for its neighbours."),
]
INTERACTIVE = (
    "I imagine the future of the interactive film. If we are making some kind of playground, using the things with "
    "technology or with some kind of network, it will be very powerful."
)
STUDIOS = (
    "Now, like, not only big Hollywood studios could afford to make really high quality productions. Everyone, even "
    "smaller teams or single creators can can actually do it."
)
# For each query: its text, and the title of the first result. Queries are grouped by script and purpose.
QUESTIONS = {
    "whole titles and names": [
        ("Alzheimer", "Alzheimer"),
        ("alzheimer", "Alzheimer"),
        ("ALZHEIMER", "Alzheimer"),
        ("I’m Not a Robot", "I’m Not a Robot"),
        ("im not a robot", "I’m Not a Robot"),
        ("i'm not a robot", "I’m Not a Robot"),
        ("Lost & Found", "Lost & Found"),
        ("lost and found", "Lost & Found"),
        ("lost found", "Lost & Found"),
        ("Tim Yip", "Tim Yip"),
        ("yip tim", "Tim Yip"),
        ("C·one", "C·one"),
        ("c one", "C·one"),
        ("c-one", "C·one"),
        ("cone", "C·one"),
        ("Lee Hwan-kyung", "Lee Hwan-kyung"),
        ("hwankyung", "Lee Hwan-kyung"),
        ("nine", "Nine"),
        ("KlingAI NextGen Creative Contest", "KlingAI NextGen Creative Contest"),
        ("nextgen", "KlingAI NextGen Creative Contest"),
    ],
    "beginnings": [
        ("alz", "Alzheimer"),
        ("lost fou", "Lost & Found"),
        ("daw", "Dawid Meller"),
        ("beek", "The Beekeeper’s Daughter"),
        ("smo", "Smørrebrød"),
    ],
    "stems and words in texts": [
        ("dream of lodz", "Dreams of Łódź"),
        ("dreaming łódź", "Dreams of Łódź"),
        ("weavers memory", "Dreams of Łódź"),
        ("beekeepers daughters", "The Beekeeper’s Daughter"),
        ("sandwiches", "Smørrebrød"),
        ("grand prize", "Alzheimer"),
        ("official selection", "Lost & Found"),
        ("interactive films", INTERACTIVE),
        ("big hollywood studios", STUDIOS),
        ("what is the camera that grows flowers", "カメラの庭"),
    ],
    "typos": [
        ("Alzhimer", "Alzheimer"),
        ("alzheimmer", "Alzheimer"),
        ("lost fuond", "Lost & Found"),
        ("dawid mellar", "Dawid Meller"),
        ("tom yip", "Tim Yip"),
        ("beekeper", "The Beekeeper’s Daughter"),
        ("Соловьев Фдор", "Fyodor Solovyov"),
        ("orlaens", "Été à Orléans"),
    ],
    "accents": [
        ("lodz", "Dreams of Łódź"),
        ("Łódź", "Dreams of Łódź"),
        ("zaneta wojcik", "Żaneta Wójcik"),
        ("ete a orleans", "Été à Orléans"),
        ("Chloe Lefevre", "Chloé Lefèvre"),
        ("oeuvre", "L’Œuvre inachevée"),
        ("l'œuvre inachevee", "L’Œuvre inachevée"),
        ("strasse der traume", "Straße der Träume"),
        ("Jurgen Weiss", "Jürgen Weiß"),
        ("smorrebrod", "Smørrebrød"),
        ("istanbul", "İstanbul’da Işık"),
        ("ayse yildiz", "Ayşe Yıldız"),
    ],
    "Han and kana": [
        ("受賞者の夢", "受賞者の夢"),
        ("受賞", "受賞者の夢"),
        ("夢", "受賞者の夢"),
        ("山田花子", "Hanako Yamada"),
        ("カメラ", "カメラの庭"),
        ("ｶﾒﾗ", "カメラの庭"),
        ("かめら", "カメラの庭"),
        ("プログラム", "プログラムの心"),
        ("ロボットが泣く", "プログラムの心"),
        ("红色", "红色的气球"),
        ("气球", "红色的气球"),
        ("李伟", "Li Wei"),
        ("河流", "記憶的河流"),
        ("記憶", "記憶的河流"),
    ],
    "Hangul": [
        ("꿈꾸는 로봇", "꿈꾸는 로봇"),
        ("로봇", "꿈꾸는 로봇"),
        ("서울", "서울의 밤"),
        ("밤", "서울의 밤"),
        ("김서연", "Kim Seo-yeon"),
        ("바다", "꿈꾸는 로봇"),
    ],
    "Arabic": [
        ("حلم المدينة", "حلم المدينة"),
        ("الحلم", "حلم المدينة"),
        ("حُلْم", "حلم المدينة"),
        ("مدينه", "حلم المدينة"),
        ("ذاكرة", "الذاكرة"),
        ("اليس", "Alice Mansour"),
        ("عمر", "Omar Haddad"),
    ],
    "Cyrillic": [
        ("ночной", "Ночной поезд"),
        ("НОЧНОЙ ПОЕЗД", "Ночной поезд"),
        ("федор", "Fyodor Solovyov"),
        ("Фёдор Соловьев", "Fyodor Solovyov"),
        ("йод", "Зимний йод"),
    ],
    "Greek, Devanagari, Thai, emoji": [
        ("θαλασσα", "Η θάλασσα"),
        ("ΓΙΩΡΓΟΣ", "Giorgos Nikolaou"),
        ("सपनों", "सपनों का शहर"),
        ("शहर", "सपनों का शहर"),
        ("आशा वर्मा", "Asha Verma"),
        ("ความฝัน", "ความฝันสีฟ้า"),
        ("สมชาย", "Somchai Dee"),
        ("🎬", "🎬 Take Nine"),
        ("r&d", "R&D Collective"),
    ],
}


def fill():
    """Create the works in a contest with public results."""
    contest = make.ContestFactory(title="Contest of Many Scripts", slug="many-scripts", revealed=True)
    for number, (title, language, name, native_name, logline) in enumerate(FILMS, 1):
        film = make.SubmissionFactory(
            contest=contest, title=title, title_language=language, slug=f"film-{number}", logline=logline
        )
        person = make.PersonFactory(name=name, native_name=native_name, slug=f"maker-{number}")
        make.CreditFactory(submission=film, person=person, order=1)
