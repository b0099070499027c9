package preset

import (
	"slices"
	"strconv"
	"strings"
)

// dateFormats says which strptime formats a column of dates needs, nil when the
// usual ones read it, and what is doubtful about them.
func dateFormats(c Column) (formats []string, note string) {
	var parts [][]string
	for _, s := range c.Samples {
		if strings.Contains(s, "年") && !slices.Contains(formats, chineseDate) {
			formats = append(formats, chineseDate)
		}
		if p := otherDate.FindStringSubmatch(strings.TrimSpace(s)); p != nil {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return formats, ""
	}
	dayFirst, sure := dayComesFirst(parts)
	if !sure {
		order := "month/day"
		if dayFirst {
			order = "day/month"
		}
		note = "the dates can be read both ways; they are taken as " + order + ": change dates if they are not"
	}
	for _, p := range parts {
		f := formatOf(p, dayFirst)
		if !slices.Contains(formats, f) {
			formats = append(formats, f)
		}
	}
	return formats, note
}

const chineseDate = "%Y年%m月%d日"

// dayComesFirst decides between day/month and month/day: by a part above 12,
// else by which reading runs backwards less often, rows being mostly in the
// order of time; sure is false when neither tells.
func dayComesFirst(parts [][]string) (dayFirst, sure bool) {
	var firstBig, secondBig bool
	var back [2]int // rows that step back when read month first, day first
	var last [2]int
	for _, p := range parts {
		a, _ := strconv.Atoi(p[1])
		b, _ := strconv.Atoi(p[3])
		y, _ := strconv.Atoi(p[5])
		firstBig, secondBig = firstBig || a > 12, secondBig || b > 12
		for i, now := range [2]int{y*10000 + a*100 + b, y*10000 + b*100 + a} {
			if now < last[i] {
				back[i]++
			}
			last[i] = now
		}
	}
	switch {
	case firstBig != secondBig:
		return firstBig, true
	case back[0] != back[1]:
		return back[1] < back[0], true
	}
	return parts[0][2] != "/", false
}

// formatOf is the strptime format of one date as otherDate takes it apart.
func formatOf(p []string, dayFirst bool) string {
	a, b, year := "%m", "%d", "%Y"
	if dayFirst {
		a, b = b, a
	}
	if len(p[5]) == 2 {
		year = "%y"
	}
	f := a + p[2] + b + p[4] + year
	if p[6] == "" {
		return f
	}
	hour, seconds, half := "%H", "", ""
	if p[8] != "" {
		seconds = ":%S"
	}
	if p[9] != "" {
		hour, half = "%I", strings.Repeat(" ", len(p[9])-2)+"%p"
	}
	return f + " " + hour + ":%M" + seconds + half
}
