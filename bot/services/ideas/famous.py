"""Names that are names of other things already: they rank low among names. It judges no fit, only what everybody knows."""

from __future__ import annotations

import re

from bot.domain.ideas import Prompt

#: What a small model gives as a new name although the world knows it: places, works, people, companies. Facts, collected by hand
#: from what the embedded model wrote for a hundred topics, and what stands beside those in any list of the kind.
KNOWN = frozenset(
    line.strip()
    for line in """
    louvre|eiffel tower|mona lisa|colosseum|taj mahal|big ben|great wall|golden gate|golden gate bridge|statue of liberty
    white house|empire state|empire state building|times square|central park|grand canyon|niagara falls|mount everest
    everest|acropolis|parthenon|sistine chapel|vatican|kremlin|stonehenge|great barrier reef|sahara|amazon|nile|hollywood
    broadway|wall street|silicon valley|disneyland|disney world|venice|new york|london|paris|tokyo|rome|santorini
    starry night|last supper|hobbit|hunger games|titanic|lord of the rings|harry potter|star wars|star trek|matrix
    godfather|lion king|great gatsby|moby dick|hamlet|macbeth|odyssey|romeo and juliet|alice in wonderland|wizard of oz
    jungle book|little prince|pride and prejudice|to kill a mockingbird|game of thrones|breaking bad|simpsons|friends
    beatles|rolling stones|queen|abba|bohemian rhapsody|new york times|guardian|washington post|economist
    wall street journal|daily telegraph|national geographic|time magazine|vogue|google|apple|microsoft|facebook|instagram
    twitter|youtube|netflix|spotify|airbnb|uber|tesla|ikea|starbucks|mcdonalds|coca cola|pepsi|nike|adidas|puma|patagonia
    north face|lego|nintendo|playstation|xbox|minecraft|fortnite|pokemon|mario|zelda|barbie|hello kitty|mickey mouse
    batman|superman|spiderman|spider man|hulk|avengers|joker|sherlock holmes|james bond|indiana jones|robin hood
    king arthur|dracula|frankenstein|cinderella|snow white|sleeping beauty|peter pan|pinocchio|little mermaid|red cross
    united nations|nasa|fbi|cia|bbc|cnn|nobel prize|oscars|olympics|super bowl|world cup|tour de france
    sydney opera house|opera house|buckingham palace|hyde park|notre dame|machu picchu|mount rushmore|pentagon
    smithsonian|british museum|guggenheim|metropolitan museum|tate modern|uffizi|rijksmuseum|prado|elvis presley
    elton john|michael jackson|madonna|mozart|beethoven|picasso|van gogh|leonardo da vinci|shakespeare|albert einstein
    salvation army|smiths|good samaritan|giving tree|dark knight|daredevil|black eyes|lone ranger
    kinks|ramones|nirvana|metallica|coldplay|radiohead|eagles|doors|who|clash|police|cure|u2|oasis|blur|genesis|pink floyd
    paw patrol|snoopy|garfield|scooby doo|tom and jerry|lassie|beethoven|dumbo|bambi|nemo|simba|shrek|kung fu panda|felix
    skylanders|runescape|world of warcraft|call of duty|candy crush|angry birds|tetris|pac man|sonic|megaman|overwatch|halo
    runkeeper|strava|duolingo|linkedin|whatsapp|telegram|discord|slack|zoom|tiktok|snapchat|pinterest|reddit|ebay|paypal|visa
    craigslist|tinder|foursquare|yelp|groupon|toyota|ford|honda|ferrari|porsche|volkswagen|bmw|mercedes|samsung|nokia|sony
    dumb and dumber|the daily grind|daily grind|big bang theory|pulp fiction|fight club|inception|frozen|avatar|jaws|alien
    einstein|newton|darwin|napoleon|cleopatra|caesar|gandhi|buddha|zeus|apollo|athena|hercules|atlantis
    """.replace("\n", "|").split("|")
    if line.strip()
)
NAMING = re.compile(r"\b(?:names?|naming|call(?:ed)?|brands?|titles?)\b|名", re.IGNORECASE)


def taken(text: str, prompt: Prompt | None) -> bool:
    """Whether a draft for a topic that asks for names is the name of something that everybody knows."""
    if prompt is None or not (prompt.kind in ("names", "titles") or NAMING.search(prompt.text)):
        return False
    words = re.findall(r"[^\W_]+", text.casefold().replace("’", "").replace("'", ""))
    return " ".join(words[1:] if words[:1] == ["the"] else words) in KNOWN
