"""All scripts in which people were needed."""

from demo.history.scripts import brief, care, others

SCRIPTS = (*care.SCRIPTS, *others.SCRIPTS, *brief.SCRIPTS)
