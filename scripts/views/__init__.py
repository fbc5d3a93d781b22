"""The dashboards of the add-on, as Dashboard Studio wants them. `scripts/draw_views.py` writes the files.

studio           a view in the making: searches, panels, a grid that tiles, the XML around it
words            colours and phrases that all views share
overview caller address feeds baseline getting_started      one view each
"""
