// The chips of the demonstration page open the guide with what they say.
for (const chip of document.querySelectorAll('[data-guide]')) {
  chip.addEventListener('click', () => document.dispatchEvent(new CustomEvent('guide:say', { detail: chip.dataset.guide })));
}
