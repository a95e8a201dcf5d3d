// The page of `segue report`.
import { init } from "echarts/core";
console.log(init);
