// Package basket finds what is bought together: frequent itemsets and the rules
// {a, b} ⇒ c they make, each with its exact probability under independence,
// corrected for all rules looked at.
//
// Rules have one item on the right, as in Agrawal & Srikant (1994).
package basket

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Baskets are the input in compressed rows: basket b holds the items
// Items[Start[b]:Start[b+1]], so Start has one element more than there are
// baskets. Items are ids from 0 to Distinct−1; an item repeated in a basket
// counts once. Empty baskets count as baskets.
type Baskets struct {
	Start    []int
	Items    []int32
	Distinct int
}

// Count is the number of baskets.
func (b Baskets) Count() int { return max(0, len(b.Start)-1) }

// ErrShape is returned when baskets are not well formed.
var ErrShape = errors.New("basket: malformed baskets")

// FromLines groups order lines into baskets: line i says that order basket[i]
// holds item[i]. Baskets come in ascending order of their key; item id k stands
// for keys[k], which ascends too. The order of lines does not matter.
func FromLines(basket, item []int64) (b Baskets, keys []int64, err error) {
	if len(basket) != len(item) {
		return Baskets{}, nil, fmt.Errorf("%w: %d basket keys, %d item keys", ErrShape, len(basket), len(item))
	}
	keys = slices.Clone(item)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if len(keys) > math.MaxInt32 {
		return Baskets{}, nil, fmt.Errorf("%w: %d different items are more than fit 32 bits", ErrShape, len(keys))
	}
	type line struct {
		basket int64
		item   int32
	}
	lines := make([]line, len(item))
	for i, k := range item {
		id, _ := slices.BinarySearch(keys, k)
		lines[i] = line{basket[i], int32(id)}
	}
	byBasket := func(x, y line) int {
		if x.basket != y.basket {
			return compare(x.basket, y.basket)
		}
		return int(x.item) - int(y.item)
	}
	if !slices.IsSortedFunc(lines, byBasket) {
		slices.SortFunc(lines, byBasket)
	}
	b = Baskets{Items: make([]int32, len(lines)), Start: []int{}, Distinct: len(keys)}
	for i, l := range lines {
		if i == 0 || l.basket != lines[i-1].basket {
			b.Start = append(b.Start, i)
		}
		b.Items[i] = l.item
	}
	b.Start = append(b.Start, len(lines))
	return b, keys, nil
}

func compare[T int | int64 | int32 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// check says what is wrong with the baskets.
func (b Baskets) check() error {
	if len(b.Start) == 0 {
		if len(b.Items) > 0 {
			return fmt.Errorf("%w: %d items but no Start", ErrShape, len(b.Items))
		}
		return nil
	}
	if b.Start[0] != 0 || b.Start[len(b.Start)-1] != len(b.Items) {
		return fmt.Errorf("%w: Start runs from %d to %d, items from 0 to %d", ErrShape, b.Start[0], b.Start[len(b.Start)-1], len(b.Items))
	}
	for i := 1; i < len(b.Start); i++ {
		if b.Start[i] < b.Start[i-1] {
			return fmt.Errorf("%w: basket %d starts at %d, before the one it follows (%d)", ErrShape, i, b.Start[i], b.Start[i-1])
		}
	}
	for i, item := range b.Items {
		if item < 0 || int(item) >= b.Distinct {
			return fmt.Errorf("%w: item %d at position %d is not in 0…%d", ErrShape, item, i, b.Distinct-1)
		}
	}
	if len(b.Items)+len(b.Start) > math.MaxUint32 {
		return fmt.Errorf("%w: %d items are more than can be addressed; mine a shorter period", ErrShape, len(b.Items))
	}
	return nil
}

// Options choose what is looked for. The zero value means the documented
// defaults.
type Options struct {
	MinSupport    float64 // share of baskets an itemset must be in; 0 means 0.01
	MinConfidence float64 // share of baskets with the antecedent that hold the consequent too; 0 means 0.25, below 0 none
	MaxLength     int     // items in a set, antecedent and consequent together; 0 means 10
	MaxItemsets   int     // more is an error, never a cut; 0 means 1 000 000
	MaxRules      int     // more is an error, never a cut; 0 means 1 000 000
}

// maxLength keeps the walk over all subsets of an antecedent short.
const maxLength = 20

func (o Options) filled() (Options, error) {
	if o.MinSupport == 0 {
		o.MinSupport = 0.01
	}
	if o.MinConfidence == 0 {
		o.MinConfidence = 0.25
	}
	if o.MaxLength == 0 {
		o.MaxLength = 10
	}
	if o.MaxItemsets == 0 {
		o.MaxItemsets = 1_000_000
	}
	if o.MaxRules == 0 {
		o.MaxRules = 1_000_000
	}
	switch {
	case !(o.MinSupport > 0 && o.MinSupport <= 1):
		return o, fmt.Errorf("basket: minimum support %v is not in (0, 1]", o.MinSupport)
	case !(o.MinConfidence <= 1):
		return o, fmt.Errorf("basket: minimum confidence %v is above 1", o.MinConfidence)
	case o.MaxLength < 2 || o.MaxLength > maxLength:
		return o, fmt.Errorf("basket: maximal length %d is not in 2…%d", o.MaxLength, maxLength)
	case o.MaxItemsets < 1 || o.MaxItemsets > math.MaxInt32 || o.MaxRules < 1:
		return o, fmt.Errorf("basket: at most %d itemsets and %d rules is no usable limit", o.MaxItemsets, o.MaxRules)
	}
	return o, nil
}

// LimitError says that the options ask for more itemsets or rules than the
// limit. Nothing is returned beside it: a cut list would be silently wrong.
type LimitError struct {
	What    string  // "itemsets" or "rules"
	Limit   int     // the limit that was passed
	Setting string  // the option to raise: "minimum support" or "minimum confidence"
	Asked   float64 // its value now
	Enough  float64 // a value at which the result fits; 0 when none was found
}

// Error names the limit and the option to raise, with a value that fits where one is
// known.
func (e *LimitError) Error() string {
	s := fmt.Sprintf("basket: more than %d %s at %s %.6g", e.Limit, e.What, e.Setting, e.Asked)
	if e.Enough > 0 {
		return s + fmt.Sprintf("; raise it to %.6g, where they fit, or raise the limit", e.Enough)
	}
	return s + "; raise it, or raise the limit"
}

// Itemset is a set of items that is in at least the minimum of baskets.
type Itemset struct {
	Items []int32 // ascending
	Count int     // baskets that hold all of them
}

// Model holds what was found.
type Model struct {
	Options  Options // as used, defaults filled in
	Baskets  int
	MinCount int // baskets an itemset must be in
	// Frequent is the number of single items that are in enough baskets.
	Frequent int
	// Itemsets are all frequent sets, single items included, in order of size,
	// then of items.
	Itemsets []Itemset
	// Rules are sorted by lift, then count, both descending, then antecedent
	// and consequent.
	Rules []Rule
	// Tests is the number of hypotheses the probabilities are corrected for: one
	// for every frequent antecedent and every frequent item outside it, whether
	// or not the two are ever bought together. Counting only the rules shown
	// would count only the winners.
	Tests int
	// Reason says in words why there is nothing to show; "" when there is.
	Reason string
}
