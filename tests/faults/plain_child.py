"""The reading child of the fault tests: the real one, but for the model, which it does without.

It starts in a tenth of a second instead of two, so that a daemon killed every second gets work
done. Limits, pipe and parser are those of the product; only the words are judged by one word.
"""

import os
import signal

from cases.model import Category, Classification, Matter
from classify.classifier import Classifier
from pipeline import reading, reading_child
from tests.faults.patch import put

DEADLY = "!deadly"  #: in a subject: the mail that ends whoever classifies it (F08)


class PlainClassifier(Classifier):
    """A classifier whose judgement can be foretold."""

    def classify(
        self, text: str, *, subject: str = "", language: str = "", signature: str = ""
    ) -> Classification:
        """Take everything for a complaint about quality.

        `how do i` makes it an enquiry, `who knows` a guess.
        """
        if DEADLY in subject:
            os.kill(os.getpid(), signal.SIGSEGV)
        asks = "how do i" in text.lower()
        return Classification(
            language="en",
            matter=Matter.ENQUIRY if asks else Matter.COMPLAINT,
            category=Category.QUALITY,
            score=0.4 if "who knows" in text.lower() else 0.9,
            labels={Category.QUALITY: 0.9, Category.SERVICE: 0.1, Category.DELIVERY: 0.1},
            model="plain",
        )


def main() -> None:
    """Serve like the product's child."""
    put(reading, "Classifier", PlainClassifier)
    reading_child.main()


if __name__ == "__main__":
    main()
