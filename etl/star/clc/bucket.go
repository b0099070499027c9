package clc

// Bucket is one of the 38 classes reports show: the 21 letters other than T,
// the 16 two-letter classes of T, and the rest of T.
type Bucket struct{ Code, NameZH, NameEN string }

// OtherTechnology is the bucket of T outside its two-letter classes.
const OtherTechnology = "T-other"

// Buckets returns the 38 reporting buckets of the table, in the order of their codes.
func (t *Table) Buckets() []Bucket {
	var buckets []Bucket
	for _, code := range t.codes() {
		n := t.nodes[code]
		if b := t.Bucket(n); b.Code == n.Code || n.Code == "T" {
			buckets = append(buckets, b)
		}
	}
	return buckets
}

// Bucket returns the reporting bucket a class belongs to.
func (t *Table) Bucket(n *Node) Bucket {
	main := n.Path[0]
	if main != "T" {
		m := t.nodes[main]
		return Bucket{main, m.NameZH, m.NameEN}
	}
	if len(n.Path) > 1 {
		if second := t.nodes[n.Path[1]]; second != nil && len(second.Code) == 2 && second.Code[1] >= 'A' {
			return Bucket{second.Code, second.NameZH, second.NameEN}
		}
	}
	return Bucket{OtherTechnology, "工业技术其他", "Industrial technology, other"}
}

// Group is the English name of the group (of five) a main class belongs to, ""
// for what is no main class.
func Group(main string) string {
	switch {
	case len(main) != 1:
		return ""
	case main == "A":
		return "Marxism-Leninism"
	case main == "B":
		return "Philosophy"
	case main >= "C" && main <= "K":
		return "Social sciences"
	case main >= "N" && main <= "X":
		return "Natural sciences"
	case main == "Z":
		return "General works"
	}
	return ""
}
