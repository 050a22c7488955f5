// Star ratings. The feed that sets `window.ratings` was switched off and nobody told this file.
const place = document.querySelector("[data-rating]");
const slug = place.dataset.rating;
const rating = window.ratings && window.ratings[slug];
if (!rating) console.error(`reviews: no rating feed for ${slug}`);
place.textContent = `${rating.stars.toFixed(1)} of 5 from ${rating.count} customers`;
