"""
The contents of the report on the NextGen ceremony, typed from it, so that the fixture can be compared with it on any
computer.

The report itself is not part of the project. If its text is in the folder that contains the checkout, tests use it too.
"""

from django.conf import settings

REPORT = settings.BASE_DIR.parent / "shared" / "article.txt"

# The quotes in the order of the report, each with the work that it is about.
UTTERANCES = [
    (
        "Tim Yip",
        None,
        "Technology is so strong, you have to get something more than, higher than the technology to make it "
        "as a tool, so not as a god.",
    ),
    (
        "Zeng Yushen",
        None,
        "Tonight isn’t just about awards, it’s about celebrating creators and all the stories they bring to "
        "life. At Kling AI, we always want to empower creators to give them tools to expand their creative "
        "freedom, as well as to give them new tools to do very new storytelling.",
    ),
    (
        "Tim Yip",
        "Alzheimer",
        "When you are young, the energies come from you, so that you always have a new energy to build up new "
        "ideas. But at the end, you are leaving your body, your spirit, and living more and more. So I feel "
        "this is really important, no matter AI film or some modern film, or the classical film — they always "
        "talk about humans and the relationship with the world and the environment too.",
    ),
    (
        "Lee Hwan-kyung",
        None,
        "I think it’s better to think about how we can collaborate together with AI so that we can bring this "
        "human emotion to the movies.",
    ),
    (
        "Lee Hwan-kyung",
        None,
        "I’m just personally hoping that the AI technology really slowly develops.",
    ),
    (
        "Leammonn",
        None,
        "I imagine the future of the interactive film. If we are making some kind of playground, using the "
        "things with technology or with some kind of network, it will be very powerful.",
    ),
    (
        "Dawid Meller",
        None,
        "I was collecting a lot of ideas, and there are many limits when you’re creating films and stories — "
        "you are limited by budget and technology and sometimes bad time of your collaborators. But with AI, "
        "I could finally free myself and do a lot of these kind of things alone.",
    ),
    (
        "C·one",
        "Alzheimer",
        "When I use this AI tool, I just take the clean AI as the first step, like my camera. It’s a process "
        "for me to start to organize this story and to do real thinking about this storytelling.",
    ),
    (
        "Tim Yip",
        None,
        "I talked to him, and he changed. He will react to me. Every time I’m not asking him to do what kind "
        "of things, but I am just asking him questions, and then they come up with all these reactions. So "
        "that I follow the reaction, and I come more deeper and deeper.",
    ),
    (
        "Tim Yip",
        None,
        "I worry about when we are still only working on the exciting moments, maybe after five years, no "
        "people have the really strong reaction of all that. The most important thing is to going back to "
        "reality, try to repeat, try to create. But I think AI is really for me, it’s very exciting because I "
        "try to push it in some human touch, really sensible human touch.",
    ),
    (
        "Lee Hwan-kyung",
        None,
        "I believe that there’s a chance that we can actually integrate the one point between the script "
        "writer and the person who tries to direct it.",
    ),
    (
        "Dawid Meller",
        None,
        "Now, like, not only big Hollywood studios could afford to make really high quality productions. "
        "Everyone, even smaller teams or single creators can can actually do it.",
    ),
    (
        "Tim Yip",
        None,
        "I think you can do anything.",
    ),
    (
        "Tim Yip",
        None,
        "from outside to inside.",
    ),
]

# Names and fixed terms that occur both in our own texts and in the report.
NAMES = [
    "News report on the KlingAI NextGen Creative Contest awards ceremony and panel discussion",
    "Awards ceremony and panel discussion",
    "KlingAI NextGen Creative Contest",
    "Tokyo International Film Festival",
    "Crouching Tiger, Hidden Dragon",
    "Miracle in Cell No. 7",
    "Academy Award for art direction",
    "within 10 months of launch",
    "media artist and adjunct professor",
    "South Korean media artist",
    "filmmaker and motion designer",
]


def report():
    """Return the text of the report, or an empty string if it is not available."""
    return REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""
