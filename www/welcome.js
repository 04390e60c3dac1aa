// The first-run page: words only.
import { fillWords } from "./words.js";

fillWords();
