"""All stories of the year, in the order in which they are told; each theme has a file of its own."""

from tests.province import (
    story_binding,
    story_conduct,
    story_custody,
    story_end_of_life,
    story_honest,
    story_identity,
    story_mass,
)
from tests.province.year import Story

STORIES: tuple[Story, ...] = (
    *story_honest.STORIES,
    *story_identity.STORIES,
    *story_binding.STORIES,
    *story_custody.STORIES,
    *story_end_of_life.STORIES,
    *story_mass.STORIES,
    *story_conduct.STORIES,
)
