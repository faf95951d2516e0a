
"use strict";
const pair = document.querySelector(".pair");
const slider = document.querySelector("input");
slider.hidden = false;
slider.addEventListener("input", () => pair.style.setProperty("--at", slider.value + "%"));
document.addEventListener("keydown", (event) => {
  if (event.key === " ") {
    event.preventDefault();
    slider.value = Number(slider.value) < 50 ? 100 : 0;
    slider.dispatchEvent(new Event("input"));
  }
});
