"""The expressions of forms: XPath 1.0 with ODK's functions, refused as a whole or worked out.

Our own evaluator, because the usual one (elementpath 5.1) took 70 µs for each comparison and wants
a fresh tree for each changed value; ours takes some 2 µs and reads values as they change. What it
does not know it refuses by name when a form is uploaded; nothing is ever passed over.
"""

from rangkul.assessments.xpath.evaluation import Expression, compile_expression
from rangkul.assessments.xpath.faults import ExpressionRefused
from rangkul.assessments.xpath.tree import Form, Node, Setting

__all__ = [
    "Expression",
    "ExpressionRefused",
    "Form",
    "Node",
    "Setting",
    "compile_expression",
]
