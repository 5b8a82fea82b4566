"""A rules file becomes a rule set, or one sentence that names the line at fault. No code of the file is ever run."""

import hashlib
import re
from collections.abc import Callable, Sequence

import yaml
from django.utils.translation import gettext as _
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from economy.fraud.rules import (
    FIELDS,
    OPERATORS,
    ORDERING,
    SIGNALS_UNAVAILABLE,
    All,
    AnyOf,
    Compare,
    Condition,
    Mode,
    Not,
    Rule,
    RuleSet,
    Thresholds,
    Value,
)

BYTES_MOST = 256 * 1024
RULES_MOST = 200
SCORE_MOST = 1000
DEPTH_MOST = 8
CONDITIONS_MOST = 50
NESTING_MOST = 40
INTEGER_MOST = 10**15
REASON_LONGEST = 200
VERSION_LENGTH = 16
ID = re.compile(r"[a-z][a-z0-9_]{1,47}")
LANGUAGES = ("ko", "en")
_OPENING = (
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)


class MalformedRules(ValueError):
    """Why a file is not a rule set: `line` (from 1) and a sentence."""

    def __init__(self, line: int, fault: str):
        self.line, self.fault = line, fault
        super().__init__(_("line %(line)d: %(fault)s") % {"line": line, "fault": fault})


def version_of(content: bytes) -> str:
    """The version of a file: the first 64 bits of the SHA-256 of its content."""
    return hashlib.sha256(content).hexdigest()[:VERSION_LENGTH]


def parse(content: bytes) -> RuleSet:
    """The rule set a file holds. Raises MalformedRules."""
    if len(content) > BYTES_MOST:
        raise MalformedRules(1, _("the file is larger than %(most)d bytes") % {"most": BYTES_MOST})
    root = _Mapping(_document(content), _("the file"), required=("tiers", "rules"))
    thresholds = _thresholds(root.node_of("tiers"))
    nodes = _sequence(root.node_of("rules"), "rules", most=RULES_MOST)
    rules: dict[str, Rule] = {}
    for node in nodes:
        rule = _rule(node)
        if rule.id in rules:
            raise _fault(node, _("there are two rules called %(id)s") % {"id": rule.id})
        rules[rule.id] = rule
    return RuleSet(version_of(content), thresholds, tuple(rules.values()))


def _document(content: bytes) -> Node:
    try:
        text = content.decode("utf-8")
        _refuse_bombs(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise MalformedRules(content.count(b"\n", 0, error.start) + 1, _("the file is not UTF-8")) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise MalformedRules(mark.line + 1 if mark else 1, error.problem or _("this is not YAML")) from error
    except yaml.reader.ReaderError as error:
        raise MalformedRules(text.count("\n", 0, error.position) + 1, _("a character that YAML refuses")) from error
    if node is None:
        raise MalformedRules(1, _("the file is empty"))
    return node


def _refuse_bombs(text: str) -> None:
    """Without aliases a file is never larger than it looks, and with few levels it is read as fast as it is long."""
    depth = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > NESTING_MOST:
            raise MalformedRules(token.start_mark.line + 1, _("the file is nested too deeply"))
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken):
            raise MalformedRules(token.start_mark.line + 1, _("anchors and aliases are not allowed"))


def _rule(node: Node) -> Rule:
    given = _Mapping(node, _("a rule"), required=("id", "version", "mode", "when", "score", "reason"))
    rule_id = _text(given.node_of("id"), "id")
    if not ID.fullmatch(rule_id) or rule_id == SIGNALS_UNAVAILABLE:
        raise _fault(given.node_of("id"), _("id must be 2 to 48 of a-z, 0-9 and _, beginning with a letter"))
    return Rule(
        id=rule_id,
        version=_integer(given.node_of("version"), "version", least=1, most=INTEGER_MOST),
        mode=Mode(_one_of(given.node_of("mode"), "mode", [mode.value for mode in Mode])),
        when=_Conditions().read(given.node_of("when"), depth=1),
        score=_integer(given.node_of("score"), "score", least=1, most=SCORE_MOST),
        reasons=_reasons(given.node_of("reason")),
    )


def _thresholds(node: Node) -> Thresholds:
    names = ("review", "soft_block", "hard_block")
    given = _Mapping(node, "tiers", required=names)
    scores = [_integer(given.node_of(name), name, least=1, most=SCORE_MOST * RULES_MOST) for name in names]
    if not scores[0] < scores[1] < scores[2]:
        raise _fault(node, _("tiers must rise: review < soft_block < hard_block"))
    return Thresholds(*scores)


def _reasons(node: Node) -> dict[str, str]:
    if isinstance(node, MappingNode):
        given = _Mapping(node, "reason", required=LANGUAGES)
        return {language: _reason(given.node_of(language)) for language in LANGUAGES}
    return {"": _reason(node)}


def _reason(node: Node) -> str:
    text = _text(node, "reason").strip()
    if not 1 <= len(text) <= REASON_LONGEST:
        raise _fault(node, _("reason must have 1 to %(most)d characters") % {"most": REASON_LONGEST})
    return text


class _Conditions:
    """Reads one rule's condition tree, bounded in depth and size."""

    def __init__(self) -> None:
        self.count = 0

    def read(self, node: Node, *, depth: int) -> Condition:
        self.count += 1
        if depth > DEPTH_MOST or self.count > CONDITIONS_MOST:
            bounds = {"levels": DEPTH_MOST, "parts": CONDITIONS_MOST}
            raise _fault(node, _("a condition has at most %(levels)d levels and %(parts)d parts") % bounds)
        names = set(
            _Mapping(node, _("a condition"), optional=("all", "any", "not", "field", "operator", "value")).names
        )
        if names == {"field", "operator", "value"}:
            return _compare(node)
        if names in ({"all"}, {"any"}):
            (name,) = names
            parts = _sequence(
                _Mapping(node, _("a condition"), required=(name,)).node_of(name), name, most=CONDITIONS_MOST
            )
            read = tuple(self.read(part, depth=depth + 1) for part in parts)
            return All(read) if name == "all" else AnyOf(read)
        if names == {"not"}:
            return Not(self.read(_Mapping(node, _("a condition"), required=("not",)).node_of("not"), depth=depth + 1))
        raise _fault(node, _("a condition is one of: all, any, not, or field with operator and value"))


def _compare(node: Node) -> Compare:
    given = _Mapping(node, _("a condition"), required=("field", "operator", "value"))
    name = _one_of(given.node_of("field"), "field", list(FIELDS))
    sign = _one_of(given.node_of("operator"), "operator", list(OPERATORS))
    kind = FIELDS[name]
    if sign in ORDERING and kind is not int:
        raise _fault(given.node_of("operator"), _("%(field)s has no order; use eq, ne or in") % {"field": name})
    value = given.node_of("value")
    if sign == "in":
        return Compare(name, sign, tuple(_READERS[kind](one) for one in _sequence(value, "value", most=100)))
    return Compare(name, sign, _READERS[kind](value))


class _Mapping:
    """A mapping with exactly the names it must have."""

    def __init__(self, node: Node, what: str, *, required: Sequence[str] = (), optional: Sequence[str] = ()):
        if not isinstance(node, MappingNode):
            raise _fault(node, _("%(what)s must be a mapping") % {"what": what})
        self._nodes: dict[str, Node] = {}
        for key, value in node.value:
            name = _text(key, _("a name"))
            if name not in (*required, *optional):
                known = {"what": what, "name": name, "known": ", ".join([*required, *optional])}
                raise _fault(key, _("%(what)s has no %(name)s; it has %(known)s") % known)
            if name in self._nodes:
                raise _fault(key, _("%(name)s is given twice") % {"name": name})
            self._nodes[name] = value
        for name in required:
            if name not in self._nodes:
                raise _fault(node, _("%(what)s lacks %(name)s") % {"what": what, "name": name})

    @property
    def names(self) -> list[str]:
        return list(self._nodes)

    def node_of(self, name: str) -> Node:
        return self._nodes[name]


def _fault(node: Node, text: str) -> MalformedRules:
    return MalformedRules(node.start_mark.line + 1, text)


def _sequence(node: Node, what: str, *, most: int) -> list[Node]:
    if not isinstance(node, SequenceNode) or not node.value:
        raise _fault(node, _("%(what)s must be a list with something in it") % {"what": what})
    if len(node.value) > most:
        raise _fault(node, _("%(what)s has more than %(most)d entries") % {"what": what, "most": most})
    return node.value


def _scalar(node: Node, what: str, tag: str, kind: str) -> str:
    if not isinstance(node, ScalarNode) or node.tag != f"tag:yaml.org,2002:{tag}":
        raise _fault(node, _("%(what)s must be %(kind)s") % {"what": what, "kind": kind})
    return node.value


def _text(node: Node, what: str) -> str:
    return _scalar(node, what, "str", _("a text"))


def _boolean(node: Node, what: str = "value") -> bool:
    return _scalar(node, what, "bool", _("true or false")).lower() in ("true", "yes", "on")


def _integer(node: Node, what: str = "value", *, least: int = 0, most: int = INTEGER_MOST) -> int:
    text = _scalar(node, what, "int", _("a whole number"))
    try:
        number = int(text)
    except ValueError:
        number = None
    # YAML reads 017 as fifteen and 1:30 as ninety; here a number is what it looks like.
    if number is None or str(number) != text.replace("_", "") or not least <= number <= most:
        bounds = {"what": what, "least": least, "most": most}
        raise _fault(node, _("%(what)s must be a whole number from %(least)d to %(most)d") % bounds)
    return number


def _one_of(node: Node, what: str, known: Sequence[str]) -> str:
    # Whatever YAML takes it for: to YAML, `mode: off` is a boolean.
    text = node.value if isinstance(node, ScalarNode) else None
    if text not in known:
        names = {"what": what, "known": ", ".join(known)}
        raise _fault(node, _("%(what)s is none of %(known)s") % names)
    return text


_READERS: dict[type, Callable[[Node], Value]] = {
    int: _integer,
    bool: _boolean,
    str: lambda node: _text(node, "value"),
}
