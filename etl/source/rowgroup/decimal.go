package rowgroup

import (
	"math/big"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// ParseDecimal reads the text of a plain decimal, such as -12.50, times
// 10^scale; ok is false when it is none, has digits behind scale other than
// zeros, or more than width in all.
func ParseDecimal(text []byte, width, scale int32) (n decimal128.Num, ok bool) {
	negative := len(text) > 0 && text[0] == '-'
	if negative || len(text) > 0 && text[0] == '+' {
		text = text[1:]
	}
	var digits [76]byte
	count, behind, point, any := 0, int32(0), false, false
	for _, c := range text {
		switch {
		case c == '.' && !point:
			point = true
			continue
		case c < '0' || c > '9':
			return n, false
		}
		any = true
		if point {
			if behind == scale {
				if c != '0' {
					return n, false
				}
				continue
			}
			behind++
		}
		if count == 0 && c == '0' {
			continue
		}
		if count == len(digits) {
			return n, false
		}
		digits[count] = c
		count++
	}
	for ; behind < scale && count < len(digits); behind++ {
		if count > 0 {
			digits[count] = '0'
			count++
		}
	}
	if !any || behind != scale || count > int(width) {
		return n, false
	}
	if count <= 18 {
		value := int64(0)
		for _, c := range digits[:count] {
			value = value*10 + int64(c-'0')
		}
		if negative {
			value = -value
		}
		return decimal128.FromI64(value), true
	}
	value, _ := new(big.Int).SetString(string(digits[:count]), 10)
	if negative {
		value.Neg(value)
	}
	return decimal128.FromBigInt(value), true
}
