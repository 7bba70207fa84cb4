"""References to public names without their folder: ``ConMLPEmbedder`` and ``skeletonlearn.ConMLPEmbedder``."""

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from skeletonlearn.utils.discovery import public_modules


def find_public_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.Element | None:
    """The page of a name that exactly one folder exports, or of a method of such a class."""
    if node.get("refdomain") != "py":
        return None
    name = node["reftarget"].removeprefix("skeletonlearn.")
    homes = [module.__name__ for module in public_modules() if name.partition(".")[0] in module.__all__]
    if len(homes) != 1:
        return None
    full = f"{homes[0]}.{name}"
    return env.domains.python_domain.resolve_xref(env, node["refdoc"], app.builder, "obj", full, node, content)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("missing-reference", find_public_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
