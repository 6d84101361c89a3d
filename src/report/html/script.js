// Shows what a mark stands for, and leads the arrow keys through the marks. The page works without it.
(() => {
  'use strict';
  const panel = document.getElementById('entry');
  const chart = document.getElementById('chart');
  if (!panel || !chart) return;
  let shown = null;

  const show = (mark) => {
    if (mark === shown) return;
    if (shown) shown.classList.remove('shown');
    shown = mark;
    mark.classList.add('shown');
    const lines = mark.querySelector('title').textContent.split('\n');
    panel.replaceChildren(...lines.map((line, index) => {
      const row = document.createElement(index === 0 ? 'strong' : 'p');
      row.textContent = line;
      return row;
    }));
  };

  // One stop of the Tab key for each lane; within it the arrow keys go on.
  const lanes = [...chart.querySelectorAll('.lane')]
    .map((lane) => [...lane.querySelectorAll('.mark')])
    .filter((marks) => marks.length > 0);
  const rest = (marks, chosen) => marks.forEach((mark) => {
    mark.setAttribute('tabindex', mark === chosen ? '0' : '-1');
  });
  lanes.forEach((marks) => rest(marks, marks[0]));

  const next = (mark, key) => {
    const row = lanes.findIndex((marks) => marks.includes(mark));
    if (row < 0) return null;
    const marks = lanes[row];
    const at = marks.indexOf(mark);
    switch (key) {
      case 'ArrowRight': return marks[at + 1];
      case 'ArrowLeft': return marks[at - 1];
      case 'Home': return marks[0];
      case 'End': return marks[marks.length - 1];
      case 'ArrowDown': return lanes[row + 1] && lanes[row + 1].find((other) => other.tabIndex === 0);
      case 'ArrowUp': return row > 0 ? lanes[row - 1].find((other) => other.tabIndex === 0) : null;
      default: return null;
    }
  };

  const markOf = (target) => (target instanceof Element ? target.closest('.mark') : null);
  chart.addEventListener('focusin', (event) => {
    const mark = markOf(event.target);
    if (!mark) return;
    const marks = lanes.find((all) => all.includes(mark));
    if (marks) rest(marks, mark);
    show(mark);
  });
  chart.addEventListener('pointerover', (event) => {
    const mark = markOf(event.target);
    if (mark) show(mark);
  });
  chart.addEventListener('keydown', (event) => {
    const mark = markOf(event.target);
    const other = mark && next(mark, event.key);
    if (!other) return;
    event.preventDefault();
    other.focus();
  });

  // The table is folded away: whoever follows the link to it wants to see it, and so does paper.
  const listing = document.getElementById('listing');
  const unfold = () => { if (location.hash === '#listing') listing.open = true; };
  window.addEventListener('hashchange', unfold);
  unfold();
})();
