"""
The roles in credits that every portal starts with, with their names in the languages of the interface.

`fill` adds them after a migration if there are no roles at all. So they are in a new database, and again in a database
that `flush` has emptied, but a role that an editor has changed or deleted is left as it is. A data migration would not
run again after `flush`.
"""

from typing import Any

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate

#: The distance between the positions of two roles, so that an editor can put a new role between them.
STEP = 10
COLUMNS = ("name", "name_ja", "name_zh_hans", "name_ko", "name_pl")
#: The roles in the order of the credits, by their slugs, which are also their permanent keys.
ROLES: dict[str, tuple[str, str, str, str, str]] = {
    "creator": ("Creator", "クリエイター", "创作者", "크리에이터", "Twórca"),
    "director": ("Director", "監督", "导演", "감독", "Reżyser"),
    "writer": ("Writer", "脚本", "编剧", "각본", "Scenarzysta"),
    "screenplay": ("Screenplay", "シナリオ", "剧本", "시나리오", "Scenariusz"),
    "adaptation": ("Adaptation", "脚色", "改编", "각색", "Adaptacja"),
    "story": ("Story", "原案", "故事", "원안", "Pomysł"),
    "original-work": ("Original work", "原作", "原著", "원작", "Pierwowzór literacki"),
    "producer": ("Producer", "プロデューサー", "制片人", "프로듀서", "Producent"),
    "executive-producer": (
        "Executive producer",
        "エグゼクティブプロデューサー",
        "监制",
        "총괄 프로듀서",
        "Producent wykonawczy",
    ),
    "production-company": ("Production company", "製作会社", "制作公司", "제작사", "Wytwórnia"),
    "distributor": ("Distributor", "配給", "发行", "배급", "Dystrybutor"),
    "cast": ("Cast", "出演", "演员", "출연", "Obsada"),
    "voice": ("Voice", "声の出演", "配音", "목소리 출연", "Głos"),
    "narration": ("Narration", "ナレーション", "旁白", "내레이션", "Narracja"),
    "casting": ("Casting", "キャスティング", "选角", "캐스팅", "Casting"),
    "cinematographer": ("Cinematographer", "撮影", "摄影", "촬영", "Operator"),
    "lighting": ("Lighting", "照明", "灯光", "조명", "Światło"),
    "editor": ("Editor", "編集", "剪辑", "편집", "Montażysta"),
    "production-design": ("Production design", "プロダクションデザイン", "美术设计", "프로덕션 디자인", "Scenografia"),
    "art-direction": ("Art direction", "美術", "美术指导", "미술", "Kierownictwo artystyczne"),
    "set-decoration": ("Set decoration", "装飾", "布景", "세트 장식", "Dekoracja wnętrz"),
    "costume-design": ("Costume design", "衣装", "服装设计", "의상", "Kostiumy"),
    "make-up": ("Make-up", "メイクアップ", "化妆", "분장", "Charakteryzacja"),
    "hair": ("Hair", "ヘアスタイリング", "发型", "헤어", "Fryzury"),
    "designer": ("Designer", "デザイン", "设计", "디자인", "Projektant"),
    "animator": ("Animator", "アニメーション", "动画", "애니메이터", "Animator"),
    "visual-effects": ("Visual effects", "視覚効果", "视觉效果", "시각 효과", "Efekty wizualne"),
    "special-effects": ("Special effects", "特殊効果", "特效", "특수 효과", "Efekty specjalne"),
    "stunts": (
        "Stunt coordination",
        "スタントコーディネート",
        "特技统筹",
        "스턴트 코디네이션",
        "Koordynacja kaskaderów",
    ),
    "choreography": ("Choreography", "振付", "编舞", "안무", "Choreografia"),
    "composer": ("Composer", "音楽", "作曲", "음악", "Kompozytor"),
    "song": ("Song", "楽曲", "歌曲", "노래", "Piosenka"),
    "lyrics": ("Lyrics", "作詞", "作词", "작사", "Słowa"),
    "sound": ("Sound", "音響", "声音", "사운드", "Dźwięk"),
    "sound-editing": ("Sound editing", "音響編集", "声音剪辑", "음향 편집", "Montaż dźwięku"),
    "sound-mixing": ("Sound mixing", "整音", "混音", "음향 믹싱", "Zgranie dźwięku"),
    "other": ("Contributor", "協力", "参与创作", "협력", "Współtwórca"),
}
#: The roles whose people count as the authors of a work.
AUTHORS = {"creator"}


def connect(sender: AppConfig) -> None:
    """Run `fill` after each migration of the app `sender`, and after `flush`."""
    post_migrate.connect(fill, sender=sender)


def fill(using: str = DEFAULT_DB_ALIAS, apps: Any = apps, **signal: Any) -> None:
    """
    Add the standard roles if there are no roles. `apps` has the models as they are after the migration, which may go
    back to a time before there were roles.
    """
    try:
        model = apps.get_model("contests", "CreditRole")
    except LookupError:
        return
    rows = model._base_manager.using(using)
    if not rows.exists():
        rows.bulk_create(
            model(
                key=slug,
                slug=slug,
                order=position * STEP,
                is_author=slug in AUTHORS,
                **dict(zip(COLUMNS, names, strict=True)),
            )
            for position, (slug, names) in enumerate(ROLES.items(), start=1)
        )
