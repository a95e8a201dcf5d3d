// The grammar of Segue: syntax only, no actions. What a name means, and which clauses a definition may have, is asked later.
//
// The lexer reads bytes, not characters: every byte of a character outside of ASCII is handed to it as 0x7F, since such characters
// mean something only inside of text, comments and back-quotes. It is generous: what other languages write (`==`, `&&`), what
// is not closed and what is no number are tokens of their own, so that a pass between lexer and parser can say what to write.
grammar Segue;

// Made by the pass between lexer and parser, never by the lexer: a sign that opens a line of a score.
tokens { TERM_PLUS, TERM_MINUS }

// ---- Files ------------------------------------------------------------------------------------------------------------------

file : declaration* EOF ;

// The parser's entry: the pass before it cuts a file into its declarations, so an error in one leaves the others whole.
unit : declaration EOF ;

declaration
  : useDecl | paramDecl | listDecl | defineDecl | segmentDecl | scoreDecl | tiersDecl | stagesDecl | gridDecl | splitDecl
  | audienceDecl | testDecl
  ;

useDecl      : USE (STRING | path) ;
paramDecl    : PARAM name COLON typeName (EQ value)? ;
listDecl     : LIST name (EQ value | FROM STRING (BY name)?) ;
defineDecl   : DEFINE name (LPAREN (parameter (COMMA parameter)*)? RPAREN)? (FOR path)? EQ condition ;
segmentDecl  : SEGMENT name STRING? LBRACE clause* RBRACE ;
scoreDecl    : SCORE name STRING? LBRACE clause* RBRACE ;
gridDecl     : GRID name STRING? LBRACE clause* RBRACE ;
tiersDecl    : TIERS name STRING? LBRACE rowClause* RBRACE ;
stagesDecl   : STAGES name STRING? LBRACE rowClause* RBRACE ;
splitDecl    : SPLIT name STRING? (OF condition)? SEED STRING LBRACE clause* RBRACE ;
audienceDecl : AUDIENCE name STRING? OF path LBRACE clause* RBRACE ;
testDecl     : TEST STRING LBRACE testClause* RBRACE ;

parameter : name COLON typeName ;
typeName  : (name (LPAREN NUMBER RPAREN)? | LIST LT typeName GT) QUESTION? ;

// ---- Clauses ----------------------------------------------------------------------------------------------------------------

clause
  : whereClause | exceptClause | expectClause | axisClause | rangeClause | otherwiseClause | termClause | shareClause | entryClause
  ;

rowClause
  : rowEntry | otherwiseClause | expectClause | whereClause | axisClause | rangeClause | termClause | shareClause
  ;

testClause : asOfClause | accountClause | testExpectClause ;

whereClause     : WHERE condition top? ;
exceptClause    : EXCEPT condition (COMMA condition)* top? ;
expectClause    : EXPECT expectation ;
axisClause      : BY path (IN value)? ;
rangeClause     : RANGE value DOTDOT value ;
otherwiseClause : OTHERWISE name STRING? ;
termClause      : (TERM_PLUS | TERM_MINUS) value (WHEN condition)? ;
shareClause     : name STRING? NUMBER ;
entryClause     : name COLON condition ;                               // metadata
rowEntry        : name STRING? COLON condition (EXCEPT condition (COMMA condition)*)? top? ;

top : TOP (NUMBER | name) BY value ;

expectation
  : NOT EMPTY
  | DISJOINT FROM path
  | SUBSET OF path
  | (EACH | name | STRING)? measure bound
  ;
measure : SIZE | SHARE | UNDETERMINED | MOVED ;
bound   : BETWEEN value AND value | AT (LEAST | MOST) value | (BELOW | ABOVE) value ;

asOfClause       : AS OF value ;
accountClause    : ACCOUNT name? record ;
testExpectClause : EXPECT (name COLON)? condition (COMMA condition)* ;

record     : LBRACE (field (COMMA field)* COMMA?)? RBRACE ;
field      : name COLON fieldValue ;
fieldValue : record | LBRACKET record (COMMA record)* COMMA? RBRACKET | condition ;

// ---- Conditions and values --------------------------------------------------------------------------------------------------

// `and` beside `or` at one level is an error of its own, found on the tree.
condition : predicate ((AND | OR) predicate)* ;

predicate : NOT* value tail* ;

tail
  : (EQ | NE | LT | LE | GT | GE) value
  | NOT? BETWEEN value AND value
  | NOT? IN value
  | NOT? (CONTAINS | STARTS WITH | ENDS WITH | MATCHES) value
  | NOT? HAS (ANY | ALL | NONE) value
  | IS NOT? (EMPTY | KNOWN | MISSING)
  | NOT? WITHIN window
  | NOT? NEAR LPAREN value COMMA value RPAREN WITHIN value (KM | MI)
  ;

// One flat chain; `* /` before `+ -` before `or else` is worked out on the tree.
value : MINUS* atom ((PLUS | MINUS | STAR | SLASH | OR ELSE) MINUS* atom)* ;

atom
  : (NUMBER | name) UNIT (AGO | FROM NOW)?
  | (NUMBER | STRING | DATE | TIMESTAMP | TRUE | FALSE)
  | path LPAREN (argument (COMMA argument)*)? RPAREN
  | path
  | LPAREN condition RPAREN
  | LBRACKET (condition (COMMA condition)* COMMA?)? RBRACKET
  ;

// `events within last 30 days: amount where stage = won`, `e among p`, `events by c: p then q`.
argument : condition (BY path)? (COLON condition (THEN condition)*)? (WHERE condition | AMONG condition)? ;

window
  : (LAST | NEXT | THIS | PREVIOUS) FISCAL? UNIT asOf?
  | (LAST | NEXT) (NUMBER | name) FISCAL? UNIT asOf?
  | (NUMBER | name) UNIT                                             // of `all within 14 days` in a sequence
  ;
asOf : AS OF (NUMBER | name) UNIT (AGO | FROM NOW) ;

path : name (DOT name)* ;

// Every word that is not reserved can be a name.
name
  : NAME | QUOTED_NAME
  | ABOVE | ACCOUNT | AGO | ALL | AMONG | ANY | AS | AT | BELOW | BY | CONTAINS | DISJOINT | EACH | EMPTY | ENDS | FISCAL | FOR | FROM | KM
  | KNOWN | LAST | LEAST | MATCHES | MI | MISSING | MOST | MOVED | NEAR | NEXT | NONE | NOW | OF | OTHERWISE | PREVIOUS | RANGE | SEED | SHARE
  | SIZE | STARTS | SUBSET | THEN | THIS | TOP | UNDETERMINED | UNIT | WITH
  ;

// ---- Reserved words ---------------------------------------------------------------------------------------------------------

USE : 'use' ; PARAM : 'param' ; LIST : 'list' ; DEFINE : 'define' ; SEGMENT : 'segment' ; SCORE : 'score' ; TIERS : 'tiers' ;
STAGES : 'stages' ; GRID : 'grid' ; SPLIT : 'split' ; AUDIENCE : 'audience' ; TEST : 'test' ;
WHERE : 'where' ; EXCEPT : 'except' ; EXPECT : 'expect' ; WHEN : 'when' ;
AND : 'and' ; OR : 'or' ; NOT : 'not' ; ELSE : 'else' ; IN : 'in' ; IS : 'is' ; HAS : 'has' ; BETWEEN : 'between' ; WITHIN : 'within' ;
TRUE : 'true' ; FALSE : 'false' ;

// ---- Words that mean something in their place only ----------------------------------------------------------------------------

ABOVE : 'above' ; ACCOUNT : 'account' ; AGO : 'ago' ; ALL : 'all' ; AMONG : 'among' ; ANY : 'any' ; AS : 'as' ; AT : 'at' ; BELOW : 'below' ;
BY : 'by' ; CONTAINS : 'contains' ; DISJOINT : 'disjoint' ; EACH : 'each' ; EMPTY : 'empty' ; ENDS : 'ends' ; FISCAL : 'fiscal' ; FOR : 'for' ;
FROM : 'from' ; KM : 'km' ; KNOWN : 'known' ; LAST : 'last' ; LEAST : 'least' ; MATCHES : 'matches' ; MI : 'mi' ; MISSING : 'missing' ;
MOST : 'most' ; MOVED : 'moved' ; NEAR : 'near' ; NEXT : 'next' ; NONE : 'none' ; NOW : 'now' ; OF : 'of' ; OTHERWISE : 'otherwise' ;
PREVIOUS : 'previous' ; RANGE : 'range' ; SEED : 'seed' ; SHARE : 'share' ; SIZE : 'size' ; STARTS : 'starts' ; SUBSET : 'subset' ;
THEN : 'then' ; THIS : 'this' ; TOP : 'top' ; UNDETERMINED : 'undetermined' ; WITH : 'with' ;
UNIT : ('second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year') 's'? ;

NAME : [A-Za-z_] [A-Za-z0-9_]* ;
QUOTED_NAME   : '`' ~[`\r\n]* '`' ;
UNCLOSED_NAME : '`' ~[`\r\n]* ;

// ---- Literals ---------------------------------------------------------------------------------------------------------------

STRING        : '"' (~["\\\r\n] | '\\' ~[\r\n])* '"' ;
UNCLOSED_TEXT : '"' (~["\\\r\n] | '\\' ~[\r\n])* '\\'? ;
DATE          : DAY ;
TIMESTAMP     : DAY 'T' [0-9A-Za-z:.]* ([+\-] [0-9:]+)? ;
NUMBER        : DIGIT [0-9A-Za-z_]* ('.' DIGIT [0-9A-Za-z_]*)* '%'? ;
fragment DAY   : DIGIT DIGIT DIGIT DIGIT '-' DIGIT DIGIT '-' DIGIT DIGIT ;
fragment DIGIT : [0-9] ;

// ---- Signs ------------------------------------------------------------------------------------------------------------------

LBRACE : '{' ; RBRACE : '}' ; LBRACKET : '[' ; RBRACKET : ']' ; LPAREN : '(' ; RPAREN : ')' ;
COLON : ':' ; COMMA : ',' ; DOTDOT : '..' ; DOT : '.' ; QUESTION : '?' ;
EQ : '=' ; NE : '!=' ; LE : '<=' ; GE : '>=' ; LT : '<' ; GT : '>' ; PLUS : '+' ; MINUS : '-' ; STAR : '*' ; SLASH : '/' ;

// ---- What other languages write -----------------------------------------------------------------------------------------------

FOREIGN_EQ : '==' '='? ; FOREIGN_NE : '<>' | '!==' ; FOREIGN_LE : '=<' ; FOREIGN_GE : '=>' ; FOREIGN_AND : '&' '&'? ; FOREIGN_OR : '|' '|'? ;
FOREIGN_NOT : '!' ; FOREIGN_COMMENT : '//' | '/*' ; SEMICOLON : ';' ; PERCENT : '%' ; APOSTROPHE : '\'' ;

COMMENT : '#' ~[\r\n]* ;
BLANK   : [ \t\r\n]+ -> skip ;
OTHER   : . ;
