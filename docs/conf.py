"""Configuration of the documentation; `make docs` builds it."""

import sys
from pathlib import Path

import skeletonlearn

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "skeletonlearn"
author = copyright = "The skeletonlearn developers"
version = release = skeletonlearn.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "sphinx_copybutton",
    "sphinx_design",
    "myst_parser",
    "api_pages",
    "initials",
    "layout_pictures",
    "mathml",
    "offline_films",
    "outside_docstrings",
    "short_names",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
default_role = "literal"  # as in scikit-learn's docstrings
smartquotes = False  # types stay as docstrings spell them, which the links of parameters in notebooks look for
nitpicky = True
# other packages, whose pages are not reached for: the build needs no network
nitpick_ignore_regex = [
    (r"py:.*", r"(functools|joblib|karateclub|matplotlib|networkx|numpy|sklearn|torch)\..*"),
    # the methods of a dictionary, which a Bunch inherits, are listed and have no text of their own
    (r"py:obj", r"skeletonlearn\.datasets\.SkeletonBunch\.\w+"),
]

autodoc_typehints = "none"  # the docstrings say types in words
autosummary_generate_overwrite = True
numpydoc_class_members_toctree = False
myst_heading_anchors = 3

# shown on every page as it is, without the network: no fonts, scripts or styles of other hosts
html_theme = "pydata_sphinx_theme"
html_title = f"{project} {version}"
html_logo = html_favicon = "_static/logo.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_show_sourcelink = False
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
html_sidebars = {"*": []}  # pages outside a folder have nothing beside them
html_theme_options = {
    "logo": {"text": project},
    "header_links_before_dropdown": 4,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": True,
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/\d\d_",
    "within_subsection_order": "FileNameSortKey",
    "reset_argv": "gallery_options.short_options",
    "capture_repr": ("_repr_html_",),
    "abort_on_example_error": True,
    "remove_config_comments": True,
    "show_signature": False,
    "write_computation_times": False,
    "doc_module": (project,),
    "backreferences_dir": "api/backreferences",
}
