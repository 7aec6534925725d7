"""How much bytes look like a text in one of the encodings from before Unicode, by the letters they would have."""

import re

_KOREAN = (
    "이다는의가을한기고사지를에인자로아리하도시서해그나전일어대수은장스보정라부제주성과만있안유구조경선화비신상무영국년동중방원공위생관음문"
    "물들모바밤람랑늘길꿈빛집봄여름겨울소감독목민와요네우진김박최"
)
_CHINESE = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学"
    "如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两"
    "高间由问很最重并物手应向头文体美相见利什二等产新己制身果加西斯月话合回特代内信表化老世位次度门常先海通教原东声提立及比员水名真处走义"
    "标题导演影片夜梦花风雨春夏秋冬红黑白金山河城市北京"
)
_TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學"
    "如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩"
    "高間由問很最重並物手應向頭文體美相見利電影導演標題臺灣香港夜海名片夢花風雨春夏秋冬紅黑白金山河城市"
)
_JAPANESE = (
    "日本人大年国会事一中生者上長出時前田行東地子月名社自今学氏方新分高水海夜映画監督題作品川山町市小手間何"
    "目女男花雨風空"
)
_WESTERN = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒŠŽ"
_CENTRAL = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰöüäôľĺŕâîășțşţđĐÖÜÄÔË"
_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯІЇЄ"
_COMMON = {
    "cp1252": frozenset(_WESTERN),
    "cp1250": frozenset(_CENTRAL),
    "cp1251": frozenset(_CYRILLIC),
    "cp932": frozenset(_JAPANESE) | {chr(code) for code in range(0x3041, 0x30FF)},
    "euc_jp": frozenset(_JAPANESE) | {chr(code) for code in range(0x3041, 0x30FF)},
    "cp949": frozenset(_KOREAN),
    "gb18030": frozenset(_CHINESE),
    "big5": frozenset(_TRADITIONAL),
}
_PUNCTUATION = frozenset("“”‘’„«»–—…€£©®·、。，；：（）「」『』《》・　！？")
_ASCII_LETTER = re.compile("[A-Za-z]")
_SINGLE_BYTE = frozenset(("cp1252", "cp1250", "cp1251"))


def likeness(sample: bytes, codec: str) -> float:
    """
    Return from -1 to 1 how much the bytes look like a text in an encoding: the share of its letters that are common in
    the languages of the encoding, less those that are in strange places.

    Western and Central European letters are beside ASCII letters; Cyrillic and Asian ones are beside their own.
    """
    text = sample.decode(codec, "replace")
    common = _COMMON[codec]
    is_latin = codec in ("cp1252", "cp1250")
    total = score = 0.0
    for place, c in enumerate(text):
        if c < "\x80":
            continue
        weight = 1 if codec in _SINGLE_BYTE or "\uff61" <= c <= "\uff9f" else 2
        total += weight
        beside = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
        is_beside_ascii = bool(_ASCII_LETTER.search(beside))
        if c in _PUNCTUATION:
            score += 0.3 * weight
        elif codec == "cp1252" and c in "õÕ" and text[place + 1 : place + 2] not in ("e", "E"):
            continue  # Portuguese has "õe"; else it is likelier the "ő" of Hungarian in Windows-1250
        elif is_latin:
            is_run = len(beside) == 2 and all(d >= "\x80" and d.isalpha() for d in beside)
            score += weight if c in common and not is_run else -weight
        elif c in common:
            score += weight if not is_beside_ascii or not c.isalpha() else -weight
        elif codec == "cp1251" or c == "\ufffd" or "\uff61" <= c <= "\uff9f" or is_beside_ascii:
            score -= weight
        elif "\uac00" <= c <= "\ud7a3":
            score += 0.2 * weight
    return score / total if total else 0.0
