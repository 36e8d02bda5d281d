"""Reads a dossier of `jumeau roof --pdf` with pypdf, strictly: pages, title, words, fonts, no text outside the paper.

    pip install pypdf && python tests/data/pdf/read.py dossier.pdf
"""
import sys

import pypdf

reader = pypdf.PdfReader(sys.argv[1], strict=True)
assert len(reader.pages) >= 5, len(reader.pages)
assert reader.metadata.title and reader.metadata.author == "Jumeau", reader.metadata
text = []
for page in reader.pages:
    width, height = page.mediabox.width, page.mediabox.height

    def place(piece, _user, matrix, _font, _size):
        x, y = matrix[4], matrix[5]
        assert not piece.strip() or (0 <= x <= width and 0 <= y <= height), (piece, x, y)

    text.append(page.extract_text(visitor_text=place))
    fonts = {font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values()}
    assert fonts == {"/Helvetica", "/Helvetica-Bold"}, fonts
words = "\n".join(text)
for needed in ("Plan de situation", "Plan de masse", "Calepinage", "Formalités", "Déclaration préalable", "kWc", "€", "Sources"):
    assert needed in words, needed
print(f"{len(reader.pages)} pages, {len(words)} letters: sound")
