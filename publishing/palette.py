"""The colours of generated pictures. They are the same as in the light theme in `tokens.css`; a test compares them."""

PAPER, INK, MUTED, HAIRLINE = "#faf7f0", "#1a1613", "#6b6259", "#e3dccf"
#: The accent colours of contests, by the value of `Contest.accent`.
ACCENTS = {
    "vermilion": "#c8412b",
    "rose": "#b8325f",
    "plum": "#7a2f78",
    "violet": "#5b3fb0",
    "cobalt": "#2347b8",
    "teal": "#0f6b6b",
    "moss": "#476a1f",
    "ochre": "#8d5f0b",
    "sienna": "#984a1c",
    "slate": "#45586b",
}
