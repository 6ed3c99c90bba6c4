// The card of one entry, to look at.
"use strict";
const place = document.getElementById("shown");
JSON.parse(place.dataset.messages).forEach((message) => place.append(drawn(message)));
