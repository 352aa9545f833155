"""Twenty sentences that a brainstorming team might have said aloud, for measuring how well a voice is understood."""

SENTENCES = (
    "A tea bar where every cup comes with a short story",
    "We open at seven and close when the last guest leaves",
    "The library lends umbrellas on rainy days",
    "Our bicycle shop repairs your wheels while you drink coffee",
    "A treasure hunt through the old town for the whole family",
    "Bring your own plants and swap them with the neighbors",
    "This lamp glows softly when somebody is thinking of you",
    "A cooking class for people who have never cooked before",
    "The museum stays open all night once a month",
    "Write a letter to yourself and receive it next year",
    "A silent concert in the garden behind the church",
    "The smallest theater in the world has only one seat",
    "Fresh bread delivered to your door every morning",
    "A map that shows the quiet places in a loud city",
    "Children design the playground and the city builds it",
    "A coat that turns into a tent when it rains",
    "Music made by the wind and played on the roof",
    "Every Friday a stranger cooks dinner for the team",
    "The first three customers get their drinks for free",
    "A game for two players that nobody can win alone",
)


def errors(said: list[str], heard: list[str]) -> int:
    """Words inserted, deleted or replaced: the edit distance between two lists of words."""
    row = list(range(len(heard) + 1))
    for place, word in enumerate(said, start=1):
        before, row[0] = row[0], place
        for at, other in enumerate(heard, start=1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (word != other))
    return row[-1]
