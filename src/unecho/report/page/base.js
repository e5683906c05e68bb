// The one name that the scripts of this page share.
"use strict";

// eslint-disable-next-line no-unused-vars
const unecho = {
  facts: JSON.parse(document.getElementById("facts").textContent),
};
