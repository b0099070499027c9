package cube

import (
	"sort"
	"strings"
)

// nearest gives up to three known names that name may have been meant for, the
// closest first.
func nearest(name string, known []string) []string {
	type near struct {
		name     string
		distance int
	}
	var list []near
	asked := strings.ToLower(name)
	best := max(2, len([]rune(lastPart(asked)))/3)
	if len([]rune(lastPart(asked))) <= 4 {
		best = 1
	}
	for _, k := range known {
		full, last := strings.ToLower(k), lastPart(strings.ToLower(k))
		d := editDistance(asked, full)
		if asked != "" && strings.HasPrefix(last, lastPart(asked)) && (!strings.Contains(asked, ".") || strings.HasPrefix(full, asked)) {
			d = min(d, 1)
		}
		if d <= best {
			list = append(list, near{k, d})
		}
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].distance != list[j].distance {
			return list[i].distance < list[j].distance
		}
		return list[i].name < list[j].name
	})
	for i := range list {
		if list[i].distance > list[0].distance+1 || list[0].distance == 1 && list[i].distance > 1 {
			list = list[:i]
			break
		}
	}
	var names []string
	for _, n := range list[:min(3, len(list))] {
		names = append(names, n.name)
	}
	return names
}

// lastPart is what follows the last dot.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// editDistance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b (optimal string alignment).
func editDistance(a, b string) int {
	s, t := []rune(a), []rune(b)
	if len(s) > 64 || len(t) > 64 {
		return max(len(s), len(t))
	}
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(s)][len(t)]
}

// Hint words the suggestion for an unknown name: the nearest names, or all of
// a short list.
func Hint(name string, known []string) string {
	if names := nearest(name, known); len(names) > 0 {
		return "did you mean " + OrList(names) + "?"
	}
	if len(known) == 0 {
		return "there are none"
	}
	if len(known) <= 24 {
		return "known: " + strings.Join(known, ", ")
	}
	return "known: " + strings.Join(known[:24], ", ") + ", …"
}

// OrList joins names by commas and "or".
func OrList(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
