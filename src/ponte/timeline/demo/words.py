"""What the demo's people and customers say."""

# kind, channel, direction, department, subject, text
CONVERSATIONS = (
    ("call", "phone", "out", "sales", "Retorno sobre a amostra", "Gostou do blend Espresso; pediu preço para 20 kg por mês e prazo de 28 dias."),
    ("call", "phone", "in", "service", "Dúvida sobre entrega", "Pedido ainda não chegou. Transportadora confirmou entrega para amanhã até as 12h."),
    ("call", "phone", "out", "sales", "Tentativa de contato", "Caixa postal. Deixei recado pedindo retorno."),
    ("message", "whatsapp", "in", "sales", "", "Oi! Vocês têm o Bourbon Amarelo moído para prensa francesa? 😊"),
    ("message", "whatsapp", "out", "sales", "", "Temos sim! Sai da torra amanhã. Posso separar dois pacotes?"),
    ("message", "whatsapp", "in", "service", "", "O moinho está fazendo um barulho estranho desde ontem, conseguem mandar alguém?"),
    ("message", "instagram", "in", "marketing", "", "Que embalagem linda! Onde encontro em Curitiba?"),
    ("message", "chat", "in", "service", "", "Como altero o endereço da assinatura do Clube do café?"),
    ("message", "sms", "out", "sales", "", "Seu pedido saiu para entrega hoje. Serra Azul Cafés."),
    ("email", "email", "in", "sales", "Cotação para o trimestre", "Bom dia, poderiam enviar a cotação do Blend Espresso 5 kg para 12 unidades mensais? Precisamos da proposta até sexta."),
    ("email", "email", "out", "sales", "Proposta comercial", "Segue a proposta com 8% de desconto para contrato anual, frete incluso para a capital."),
    ("email", "email", "out", "marketing", "Novos microlotes de inverno", "Chegaram os microlotes da safra: Catuaí fermentado e Geisha edição limitada."),
    ("email", "email", "in", "finance", "Segunda via do boleto", "Poderiam reenviar o boleto com vencimento no dia 10? Não localizei no e-mail."),
    ("meeting", "video", "out", "sales", "Apresentação da linha profissional", "Participaram a gerente e o chef. Querem testar a máquina de dois grupos em comodato."),
    ("meeting", "in_person", "out", "sales", "Revisão do contrato", "Renovação por mais 12 meses, com reajuste de 4,5% a partir de janeiro."),
    ("visit", "in_person", "out", "sales", "Degustação no local", "Provamos três perfis com a equipe. Preferiram o Coado Casa; mandar 5 kg de cortesia."),
    ("visit", "store", "in", "sales", "Passou na loja", "Comprou filtros e perguntou sobre o curso de barista de sábado."),
    ("note", "", "", "sales", "", "Decide sempre na última semana do mês. Falar com a Sônia do financeiro antes de mandar proposta."),
    ("note", "", "", "service", "", "Prefere ser avisado por WhatsApp; não atende ligação pela manhã."),
    ("note", "", "", "marketing", "", "Topou aparecer na campanha \"Cafés que servem Serra Azul\". Combinar sessão de fotos."),
)  # fmt: skip

REVIEWS = (
    (
        5,
        "Melhor café que já comprei pela internet",
        "Chegou rápido e muito fresco. A torra estava com três dias!",
    ),
    (5, "", "Atendimento excelente, a Beatriz ajudou a escolher o moedor."),
    (4, "Muito bom", "Sabor ótimo, só achei a embalagem difícil de fechar."),
    (3, "Ok", "Esperava algo mais encorpado."),
    (1, "Atrasou", "Prometeram três dias e levou nove. Precisei comprar no mercado."),
)

# title, kind, days from today, priority
TASKS = (
    ("Retornar ligação sobre a proposta", "call", -3, 3),
    ("Cobrar resposta da cotação", "follow_up", -1, 2),
    ("Enviar amostras do microlote", "todo", 0, 2),
    ("Ligar para confirmar a degustação", "call", 0, 3),
    ("Mandar segunda via do boleto", "email", 0, 2),
    ("Visita para medir o espaço da máquina", "visit", 1, 2),
    ("Apresentar proposta de contrato anual", "meeting", 2, 3),
    ("Agendar manutenção preventiva", "call", 4, 2),
    ("Perguntar se o café chegou bem", "message", 5, 1),
    ("Renovar contrato de fornecimento", "proposal", 9, 3),
)

MEETINGS = (
    ("Reunião semanal de vendas", "Sala de degustação"),
    ("Alinhamento com o atendimento", ""),
    ("Visita à torrefação", "Rua das Palmeiras, 120"),
    ("Degustação de microlotes", "Sala de degustação"),
    ("Apresentação da proposta anual", ""),
    ("Revisão do contrato de fornecimento", ""),
    ("Treinamento de baristas", "Loja do cliente"),
)
