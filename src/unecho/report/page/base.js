// The one name that the scripts of a page share.
"use strict";

// eslint-disable-next-line no-unused-vars
const unecho = {};
