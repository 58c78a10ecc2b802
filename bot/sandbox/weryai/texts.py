"""What the local WeryAI has to say."""

from __future__ import annotations

SHORT = (
    "The short answer about {subject}: it depends on what you want it for.",
    (
        "I am a stand-in for {model} on this machine, so I know little about {subject}. "
        "What I say here travels the same way as a real answer."
    ),
    (
        "Good question. People have written whole books about {subject}; the gist fits in a line: "
        "start small, look closely, and keep what works."
    ),
    "About {subject} I can only say this much: **ask a real model**, with a real key.",
)

ARTIFICIAL_INTELLIGENCE = """\
**Artificial intelligence** is the craft of making machines do what we would call intelligent if \
a person did it: to understand language, to see, to plan, to learn from experience.

Most of it today is *machine learning*. Instead of writing down every rule, people show a program \
many examples, and it adjusts millions of numbers until its answers fit them. A language model, \
for instance, has learned from a great deal of text which word is likely to come next; out of \
that simple game comes the ability to explain, translate, summarise and write code.

It has limits. It can be wrong and sound certain, it repeats the prejudices of what it was shown, \
and it knows nothing of the world beyond its examples. So check what matters.
"""

EXPLANATION = """\
Let us take **{subject}** apart.

At its heart is one simple idea: a small thing, repeated many times, adds up to something that \
looks complicated. Once you have seen the small thing, the rest is bookkeeping.

The first part is what goes in. Everything that follows can only be as good as this, and most \
mistakes begin here. The second part is what happens to it: step by step, each step so plain that \
you could do it by hand, if only you had the time. The third part is what comes out, and how you \
tell whether it is right.

Why does it work at all? Because each step keeps what matters and drops what does not. Where that \
fails, the whole fails, and usually in the same way. So if you remember one thing about \
{subject}, let it be this: look at what was dropped.
"""

CODE = """\
Here is a small function that does it:

```python
from collections import Counter


def most_common_words(text: str, count: int = 3) -> list[tuple[str, int]]:
    \"\"\"The words that occur most often, with their number, most frequent first.\"\"\"
    words = (word.strip(".,;:!?").lower() for word in text.split())
    return Counter(word for word in words if word).most_common(count)


print(most_common_words("the cat and the hat and the bat"))
```

It prints `[('the', 3), ('and', 2), ('cat', 1)]`. To run it from a shell:

```sh
python words.py
```

`Counter` does the work; the generator above it keeps the memory small, even for a whole book.
"""

TABLE = """\
Here they are side by side:

| | SQLite | PostgreSQL |
|---|---|---|
| Runs as | a library in your process | a server |
| Writers at once | one | many |
| Set-up | none | a user, a database, a service |
| Good for | one machine, up to a few writers | several processes, large data |

Start with the left column; move to the right one when you notice the second row.
"""

LIST = """\
Try it in this order:

1. **Write down** what you want, in one sentence.
2. Find the *smallest* piece of it that is of use by itself.
3. Build that piece:
   - make it work,
   - make it right,
   - only then make it fast.
4. Show it to somebody.
5. Go back to the first step, wiser.
"""

MARKDOWN = """\
# A large heading
Some **bold**, some *italic*, some __underlined__, some ~~struck out~~, and a ||spoiler||.

> A quotation,
> over two lines.

- a list
  - with a list in it
- and a [link](https://example.com)

Inline `code`, and a block of it:
```json
{"answer": 42, "sure": true}
```
-# And something small at the end.
"""

GERMAN = """\
Gern auf Deutsch: Das hier ist die Antwort eines Platzhalters, kein Sprachmodell hat daran \
mitgeschrieben. Umlaute (ä, ö, ü), das ß und „Anführungszeichen“ kommen trotzdem heil an.
"""
FRENCH = """\
Avec plaisir, en français : ceci est la réponse d’un remplaçant, aucun modèle n’y a contribué. \
Les accents (é, è, ê, ç, œ) et les « guillemets » arrivent néanmoins intacts.
"""  # noqa: RUF001 (the language's own punctuation)
SPANISH = """\
¡Con mucho gusto, en español! Esta respuesta la da un sustituto; ningún modelo ha participado. \
Aun así, los acentos (á, é, í, ó, ú), la ñ y los signos ¿? ¡! llegan enteros.
"""
JAPANESE = """\
はい、日本語でお答えします。これは代役の返事で、本物のモデルは動いていません。\
それでも、漢字もひらがなもカタカナも、絵文字🎉も、壊れずに届きます。
"""
CHINESE = """\
好的，用中文回答。这是替身的回答，并没有真正的模型在运行。\
不过，汉字、标点符号和表情🎉都会完整地送达。
"""  # noqa: RUF001 (the language's own punctuation)
ARABIC = """\
بكل سرور، بالعربية: هذا جواب من بديل محلي، ولا يعمل هنا أي نموذج حقيقي. \
ومع ذلك تصل الحروف وعلامات الترقيم سليمة.
"""

ANOTHER_WAY = "**Answer {number}**, in other words:\n\n"  # before all variants but the first
VARIANTS = """\
Ask with `/ask` and its option `variants`, and I answer up to four times at once. `!fault one_choice` \
in the question lets me ignore that, as some models do.
"""
JSON = """\
Ask with `/ask` and its option `format`, and I answer in JSON; with a file as `schema`, by that \
schema. To see what becomes of a bad answer, put one of these words into the question: `wrong` (it \
does not follow the schema), `fenced` (a code block around it) or `prose` (no JSON at all).
"""

NO_WINDOW = """\
I have no window on the world: this is the local WeryAI, and it never leaves your machine. Ask a \
real model, with web search on, and you will get today's answer.
"""

_TALE = """\
In a town by the sea there lived a clockmaker who had never been late. People set their watches \
by his shadow when he crossed the square, and the baker took her bread from the oven when his \
door fell shut. He was proud of it, in a quiet way, as one is proud of a straight back. That \
anything might depend on him he had never considered.

One morning the clock on the tower stood still. It was not broken: every wheel was clean, every \
spring was wound, the pendulum hung free. It had simply stopped, at eleven minutes past four, \
and would not be persuaded. The clockmaker climbed the two hundred steps, and listened, and \
heard nothing but the gulls and his own heart, which was a little fast.

He tried everything that he knew, and that was a great deal. He oiled what needed no oil. He \
took out the smallest wheel and held it against the light. He spoke to it, first kindly and then \
not. By evening he had a crowd below him, and by night he had only the moon. The town went to \
bed without being told to, and found that it could.

On the third day a girl of about nine sat down on the top step, ate an apple, and watched. “What \
is it waiting for?” she asked. He began to explain about escapements, which takes some time. She \
heard him out. “Yes,” she said, “but what is it waiting *for*?” He opened his mouth, and noticed \
that he had never asked a clock anything in all his life.

So they waited together. They saw the fishing boats come in, which he had always heard and never \
seen. They saw the baker quarrel with the miller, and make up. They saw how the shadow of the \
tower went over the roofs like a slow hand, and how nobody minded where it pointed. It was, he \
said afterwards, the longest afternoon he had ever owned.

When the light turned red the girl threw the core of her apple over the railing, and it fell \
past the dial, and somewhere far below a dog barked. The pendulum moved. Neither of them had \
touched it. It swung once as if to see whether it still could, and then again, and the great \
wheel gave its first tick in three days, so loud that they both laughed.

The clock has run ever since, though never quite on time. It is eleven minutes slow in winter, \
and in summer nobody checks. The clockmaker still crosses the square each morning, but he stops \
in the middle of it now, and looks about. The baker says her bread has never been better. She \
takes it out when it smells done.
"""

STORY = f"**The clock that waited**\n\n{_TALE}"

NOVEL = "# The clock that waited\n\n" + "\n".join(
    f"## Chapter {chapter}\n\n{_TALE}"
    for chapter in ("one: the first year", "two: as the girl tells it", "three: as the gulls do")
)
